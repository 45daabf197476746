package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.it.support.Ceph;
import io.diskwright.toolkit.os.Errno;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ClusterIT extends CephTestBase {
  private CephCluster connect(String user, Optional<Path> keyring) throws CephException {
    return CephCluster.connect(
        new CephAccess(Optional.of(ceph.conf()), user, keyring, Duration.ofSeconds(10), Map.of()));
  }

  @Test
  void knowsTheClusterAsItsToolsDo() throws Exception {
    assertThat(cluster.fsid()).isEqualTo(ceph.ceph("fsid"));
    assertThat(ceph.ceph("mon", "dump")).contains("v2:" + cluster.monitors().get(0) + "/0");
    assertThat(cluster.monitors()).hasSize(1);
    assertThat(cluster.option("rbd_cache")).contains("false");
    assertThat(cluster.option("no_such_option")).isEmpty();
    assertThat(cluster.option("mon_host").orElseThrow()).contains(cluster.monitors().get(0));
    assertThat(CephLibraries.whyMissing()).isEmpty();
    assertThat(CephLibraries.radosVersion()).matches("\\d+\\.\\d+\\.\\d+");
    assertThat(CephLibraries.rbdVersion()).matches("\\d+\\.\\d+\\.\\d+");
  }

  @Test
  void isKnownToWatchersAndLockersByItsAddressAndInstance() throws Exception {
    String name = name("image");
    pool.createImage(name, MIB, ImageOptions.DEFAULT);
    try (RbdImage image = pool.open(name, false)) {
      assertThat(image.watchers())
          .singleElement()
          .satisfies(
              watcher -> {
                assertThat(watcher.address()).isEqualTo(cluster.address());
                assertThat(watcher.id()).isEqualTo(cluster.instanceId());
              });
    }
    LocksIT.lock(pool, name, "cookie", Duration.ofMinutes(1));
    assertThat(pool.lockers(name, "lock").all())
        .containsExactly(new Locker("client." + cluster.instanceId(), "cookie", cluster.address()));
  }

  @Test
  void boundsEveryWait() throws Exception {
    assertThat(cluster.option("rados_osd_op_timeout").orElseThrow()).startsWith("30");
    assertThat(cluster.option("rados_mon_op_timeout").orElseThrow()).startsWith("30");
    assertThat(cluster.option("client_mount_timeout").orElseThrow()).startsWith("30");
  }

  @Test
  void boundsEveryWaitWhateverTheOptionsSay() throws Exception {
    CephAccess access =
        new CephAccess(
            Optional.of(ceph.conf()),
            "diskwright",
            Optional.empty(),
            Duration.ofSeconds(7),
            Map.of("rados_osd_op_timeout", "0"));
    try (CephCluster other = CephCluster.connect(access)) {
      assertThat(other.option("rados_osd_op_timeout").orElseThrow()).startsWith("7");
    }
  }

  @Test
  void isFoundWithoutAConfigurationFileByNobody() {
    assertThat(
            failure(
                () ->
                    CephCluster.connect(
                        new CephAccess(
                            Optional.of(folder.resolve("none.conf")),
                            "diskwright",
                            Optional.empty(),
                            Duration.ofSeconds(5),
                            Map.of()))))
        .hasMessageContaining("none.conf")
        .satisfies(e -> assertThat(e.is(Errno.ENOENT)).isTrue());
  }

  @Test
  void refusesAUserWithoutAKey() {
    assertFails(Errno.ENOENT, () -> connect("stranger", Optional.empty()));
  }

  @Test
  void refusesAWrongKeyAndKeepsItToItself() throws Exception {
    Path wrong = folder.resolve("wrong.keyring");
    String key = "AQAAAAAAAAAAABAAfIhQPSPSFUeCFVXsVSjDQQ==";
    Files.writeString(wrong, "[client.diskwright]\n\tkey = " + key + "\n");

    CephException failure = failure(() -> connect("diskwright", Optional.of(wrong)));

    assertThat(failure.is(Errno.EACCES, Errno.EPERM)).as(failure.toString()).isTrue();
    assertThat(failure).hasMessageNotContaining(key);
  }

  @Test
  void takesAKeyringOfAnyPath() throws Exception {
    Path copy = folder.resolve("schlüssel.keyring");
    Files.copy(ceph.keyring("diskwright"), copy);
    Path conf = folder.resolve("ceph.conf");
    Files.writeString(
        conf, Files.readString(ceph.conf()).replaceAll("(?m)^keyring = .*name.*", ""));
    CephAccess access =
        new CephAccess(
            Optional.of(conf), "diskwright", Optional.of(copy), Duration.ofSeconds(10), Map.of());
    try (CephCluster other = CephCluster.connect(access)) {
      assertThat(other.fsid()).isEqualTo(cluster.fsid());
    }
  }

  @Test
  void refusesOptionsWithAWrongValueWithoutShowingIt() {
    CephAccess access =
        new CephAccess(
            Optional.of(ceph.conf()),
            "diskwright",
            Optional.empty(),
            Duration.ofSeconds(10),
            Map.of("rbd_concurrent_management_ops", "manifold"));

    assertThat(failure(() -> CephCluster.connect(access)))
        .hasMessageContaining("rbd_concurrent_management_ops")
        .hasMessageNotContaining("manifold");
  }

  @Test
  void runsCommandsThatTheUserMay() throws Exception {
    byte[] printed = cluster.monCommand("{\"prefix\": \"fsid\"}");
    assertThat(new String(printed, StandardCharsets.UTF_8).strip()).isEqualTo(cluster.fsid());

    assertThat(
            failure(
                () -> cluster.monCommand("{\"prefix\": \"osd pool create\", \"pool\": \"mine\"}")))
        .hasMessageContaining("access denied")
        .satisfies(e -> assertThat(e.is(Errno.EACCES, Errno.EPERM)).isTrue());
  }

  @Test
  void knowsPools() throws Exception {
    assertThat(pool.name()).isEqualTo("vms");
    assertThat(pool.initialised()).isTrue();
    assertThat(pool.namespaceExists()).isTrue();
    assertThat(pool.id()).isPositive();
    assertFails(Errno.ENOENT, () -> cluster.pool("none", ""));
  }

  @Test
  void tellsAPoolThatIsNotForRbd() throws Exception {
    String name = name("plain");
    ceph.ceph("osd", "pool", "create", name, "1");
    try (CephPool plain = cluster.pool(name, "")) {
      assertThat(plain.initialised()).isFalse();
    } finally {
      ceph.ceph("osd", "pool", "rm", name, name, "--yes-i-really-really-mean-it");
    }
  }

  @Test
  void knowsHowFullAPoolIs() throws Exception {
    assertThat(pool.stats().available()).isGreaterThan(1L << 30);
    assertThat(pool.stats().quota()).isEmpty();

    ceph.ceph("osd", "pool", "set-quota", "vms", "max_bytes", "9000000000");
    try {
      assertThat(pool.stats().quota()).hasValue(9_000_000_000L);
    } finally {
      ceph.ceph("osd", "pool", "set-quota", "vms", "max_bytes", "0");
    }
  }

  @Test
  void keepsNamespacesApart() throws Exception {
    String namespace = name("namespace");
    String image = name("image");
    CephPool inside = cluster.pool("vms", namespace);
    assertThat(inside.namespaceExists()).isFalse();
    ceph.rbd("namespace", "create", "--pool", "vms", "--namespace", namespace);
    assertThat(inside.namespaceExists()).isTrue();

    inside.createImage(image, MIB, ImageOptions.DEFAULT);

    assertThat(inside.images()).singleElement().extracting(ImageName::name).isEqualTo(image);
    assertThat(pool.images()).extracting(ImageName::name).doesNotContain(image);
    assertThat(failure(() -> inside.open("none", true)))
        .hasMessageContaining("vms/" + namespace + "/none");
  }

  @Test
  void aClientThatIsShutOutChangesNothingMore() throws Exception {
    String name = name("image");
    pool.createImage(name, MIB, ImageOptions.DEFAULT);
    CephCluster victim = CephCluster.connect(access(ceph, Duration.ofSeconds(10)));
    try {
      CephPool victimsPool = victim.pool("vms", "");
      RbdImage image = victimsPool.open(name, false);
      image.write(0, pattern(1, 4096));

      cluster.blocklist(victim.address(), Duration.ofMinutes(5));

      assertFails(Errno.ESHUTDOWN, () -> image.write(0, pattern(2, 4096)));
      assertFails(
          Errno.ESHUTDOWN,
          () -> victimsPool.write(ObjectWrite.on(name("object")).createExclusive()));
      try (RbdImage same = pool.open(name, true)) {
        assertReads(same, 0, pattern(1, 4096));
      }
    } finally {
      failure(victim::close);
    }
    pool.removeImage(name, RbdProgress.NONE);
  }

  @Test
  void refusesNamesThatWouldArriveShortened() {
    assertThatThrownBy(() -> cluster.pool("vms\0", ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> pool.open("image\0", true))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aClusterOfItsOwnDoesNotEndOthers(Ceph shared) throws Exception {
    CephCluster other = CephCluster.connect(access(shared, Duration.ofSeconds(10)));
    other.close();
    other.close();

    assertThatThrownBy(other::fsid).isInstanceOf(IllegalStateException.class);
    assertThat(cluster.fsid()).isNotEmpty();
  }
}
