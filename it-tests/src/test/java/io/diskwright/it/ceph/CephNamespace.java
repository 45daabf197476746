package io.diskwright.it.ceph;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** A pool of the program's in a namespace of its own, looked at with Ceph's own tools. */
final class CephNamespace {
  private static final String POOL = "vms";
  private static final String INDEX = "diskwright.index";

  private final Ceph ceph;
  private final String namespace = "test-" + UUID.randomUUID();
  private final Path home;

  private CephNamespace(Ceph ceph, Path home) {
    this.ceph = ceph;
    this.home = home;
  }

  static CephNamespace make(Ceph ceph, Path home) throws Exception {
    CephNamespace pool = new CephNamespace(ceph, home);
    ceph.rbd("namespace", "create", POOL + '/' + pool.namespace);
    return pool;
  }

  /** Returns the program with this pool as its only one. */
  Program program(String... keys) throws Exception {
    String more = keys.length == 0 ? "" : ", " + String.join(", ", keys);
    Path own = Files.createTempDirectory(home, "home");
    return new Program(own)
        .configured(
            "default-pool: cluster",
            "pools:",
            "  cluster: {backend: rbd, pool: %s, namespace: %s, ceph-conf: '%s', user: diskwright%s}"
                .formatted(POOL, namespace, ceph.conf(), more));
  }

  /** Returns the names of all images, whatever the index says. */
  List<String> images() throws Exception {
    return ceph.rbd("ls", POOL + '/' + namespace).lines().toList();
  }

  /** Returns the keys of the index that begin so. */
  List<String> keys(String prefix) throws Exception {
    return ceph.rados("-p", POOL, "-N", namespace, "listomapkeys", INDEX)
        .lines()
        .filter(key -> key.startsWith(prefix))
        .toList();
  }

  /** Fails unless a disk reads as a raw file, followed by zeros. */
  void assertReads(String disk, Path raw) throws Exception {
    String image = images().stream().filter(name -> name.startsWith(disk + '.')).findFirst().get();
    Path exported = Files.createTempDirectory(home, "export").resolve("disk.raw");
    ceph.rbd("export", "--no-progress", "%s/%s/%s".formatted(POOL, namespace, image), exported);
    Tools.assertSame(exported, "raw", raw, "raw");
  }
}
