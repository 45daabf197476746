package io.diskwright.it.glance;

import io.diskwright.core.Diskwright;
import io.diskwright.core.event.PoolListener;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.backend.DiskName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;

/** A Glance, and a host with a pool on the cluster on which Glance keeps its images. */
abstract class GlanceOnCephTestBase extends GlanceTestBase {
  final String disk = "disk-" + UUID.randomUUID();
  Ceph ceph;
  private String namespace = "";

  @BeforeEach
  final void makePool(Ceph shared) throws Exception {
    ceph = shared;
    namespace = "test-" + UUID.randomUUID();
    ceph.rbd("namespace", "create", "vms/" + namespace);
  }

  /** Opens the library with further keys of the pool. */
  final Diskwright onCluster(String... keys) throws Exception {
    return onCluster(PoolListener.NONE, keys);
  }

  final Diskwright onCluster(PoolListener listener, String... keys) throws Exception {
    String yaml = Files.readString(cloud.yaml());
    String more = keys.length == 0 ? "" : ", " + String.join(", ", keys);
    Path file =
        Files.writeString(
            folder.resolve("diskwright.yaml"),
            yaml.replace(
                "user: diskwright}", "user: diskwright, namespace: " + namespace + more + "}"));
    return closing(Diskwright.open(file, listener));
  }

  final ProvisionRequest request(String id) {
    return disk(disk, id).build();
  }

  final ProvisionRequest.Builder disk(String named, String id) {
    return ProvisionRequest.fromImage(new DiskName(named), "glance:" + id);
  }

  /** Returns the RBD image that is a disk. */
  final String image(String named) throws Exception {
    return ceph.rbd("ls", "vms/" + namespace)
        .lines()
        .filter(each -> each.startsWith(named))
        .findFirst()
        .map(each -> "vms/" + namespace + '/' + each)
        .orElseThrow();
  }

  /** Returns all RBD images of the pool. */
  final String images() throws Exception {
    return ceph.rbd("ls", "vms/" + namespace);
  }

  final void assertReads(Path raw) throws Exception {
    assertReads(disk, raw);
  }

  final void assertReads(String named, Path raw) throws Exception {
    Path exported = folder.resolve("exported-" + named);
    ceph.rbd("export", "--no-progress", image(named), exported);
    Tools.assertSame(exported, "raw", raw, "raw");
  }
}
