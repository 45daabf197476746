package io.diskwright.it.glance;

import static io.diskwright.it.support.Host.call;

import io.diskwright.core.Diskwright;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.OpenStack;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** A Glance, and pools that use it: of files, and on the cluster on which Glance keeps images. */
abstract class PoolsTestBase extends GlanceTestBase {
  static final String RBD = "rbd";
  static final String DISK = "disk";

  Ceph ceph;
  private String namespace = "";

  @BeforeEach
  final void use(Ceph shared) {
    ceph = shared;
  }

  final Diskwright onCluster(String... keys) throws Exception {
    return onClusterAs(OpenStack.USER, keys);
  }

  /** Opens the library with a pool on the cluster, as one of Ceph's users. */
  final Diskwright onClusterAs(String user, String... keys) throws Exception {
    if (namespace.isEmpty()) {
      namespace = "test-" + UUID.randomUUID();
      ceph.rbd("namespace", "create", "vms/" + namespace);
    }
    String more = keys.length == 0 ? "" : ", " + String.join(", ", keys);
    String pool = "user: %s, namespace: %s%s}".formatted(user, namespace, more);
    String yaml = Files.readString(cloud.yaml()).replace("user: " + OpenStack.USER + "}", pool);
    return closing(Diskwright.open(Files.writeString(folder.resolve("diskwright.yaml"), yaml)));
  }

  /** Opens the library with a pool of a backend; the same pool each time. */
  final Diskwright on(String backend, String... keys) throws Exception {
    if (backend.equals(RBD)) {
      return onCluster(keys);
    }
    Path yaml = Host.yaml(folder.resolve("pool-" + backend), backend, keys);
    String sources = "sources: {glance: {cloud: %s, clouds-file: '%s'}}\n";
    Files.writeString(
        yaml, Files.readString(yaml) + sources.formatted(OpenStack.USER, cloud.clouds()));
    return closing(Diskwright.open(yaml));
  }

  static ProvisionRequest.Builder disk(String named, String id) {
    return ProvisionRequest.fromImage(new DiskName(named), "glance:" + id);
  }

  static ProvisionResult create(Diskwright diskwright, String named, String id) throws Exception {
    return diskwright.provision(disk(named, id).build(), call());
  }

  static List<BaseRecord> bases(Diskwright diskwright) throws Exception {
    return diskwright.defaultPool().bases(call());
  }

  /** Fails unless a disk reads as a raw file; QEMU, or Ceph, says what it reads as. */
  final void assertReads(ProvisionResult result, Path raw) throws Exception {
    DiskRecord record = result.disk().record();
    if (result.disk().path().isPresent()) {
      Tools.assertSame(result.disk().path().get(), record.format().id(), raw, "raw");
      return;
    }
    String image =
        ceph.rbd("ls", "vms/" + namespace)
            .lines()
            .filter(each -> each.startsWith(record.name() + "."))
            .findFirst()
            .orElseThrow();
    Path exported = Files.createTempDirectory(folder, "export").resolve("disk.raw");
    ceph.rbd("export", "--no-progress", "vms/" + namespace + '/' + image, exported);
    Tools.assertSame(exported, "raw", raw, "raw");
  }
}
