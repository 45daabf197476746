package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.toolkit.os.Errno;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Images: made, cloned, opened, removed, and their trash. */
class ImagesIT extends CephTestBase {
  private final String name = name("image");

  private static ImageOptions features(long features) {
    return new ImageOptions(OptionalLong.of(features), OptionalLong.empty(), Optional.empty());
  }

  @Test
  void makesAnImageAsTheClusterHasIt() throws Exception {
    pool.createImage(name, 10 * MIB, ImageOptions.DEFAULT);

    try (RbdImage image = pool.open(name, false)) {
      assertThat(image.size()).isEqualTo(10 * MIB);
      assertThat(image.name()).isEqualTo(name);
      assertThat(image.objectSize()).isEqualTo(4 * MIB);
      assertThat(image.dataPool()).isEmpty();
      assertThat(image.oldFormat()).isFalse();
      assertThat(image.overlap()).isZero();
      assertThat(image.parent()).isEmpty();
      assertThat(image.children()).isEmpty();
      assertThat(image.features() & ImageOptions.FEATURE_LAYERING).isNotZero();
      assertThat(pool.images()).contains(new ImageName(name, image.id()));
      assertReads(image, 0, zeros(MIB));
    }
    assertFails(Errno.EEXIST, () -> pool.createImage(name, MIB, ImageOptions.DEFAULT));
  }

  @Test
  void makesAnImageAsItIsAsked() throws Exception {
    String dataPool = name("data");
    ceph.ceph("osd", "pool", "create", dataPool, "1");
    ceph.ceph("osd", "pool", "application", "enable", dataPool, "rbd");
    ceph.ceph(
        "auth",
        "caps",
        "client.diskwright",
        "mon",
        "profile rbd",
        "osd",
        "profile rbd pool=vms, profile rbd-read-only pool=images, profile rbd pool=" + dataPool);
    try (CephCluster again = CephCluster.connect(access(ceph, Duration.ofSeconds(30)));
        CephPool vms = again.pool("vms", "")) {
      vms.createImage(
          name,
          MIB,
          new ImageOptions(
              OptionalLong.of(ImageOptions.FEATURE_LAYERING),
              OptionalLong.of(64 << 10),
              Optional.of(dataPool)));
      try (RbdImage image = vms.open(name, false)) {
        assertThat(image.objectSize()).isEqualTo(64 << 10);
        assertThat(image.dataPool()).contains(dataPool);
        assertThat(image.features())
            .isEqualTo(ImageOptions.FEATURE_LAYERING | ImageOptions.FEATURE_DATA_POOL);
      }
      vms.removeImage(name, RbdProgress.NONE);
    } finally {
      ceph.ceph(
          "auth",
          "caps",
          "client.diskwright",
          "mon",
          "profile rbd",
          "osd",
          "profile rbd pool=vms, profile rbd-read-only pool=images");
      ceph.ceph("osd", "pool", "rm", dataPool, dataPool, "--yes-i-really-really-mean-it");
    }
  }

  @Test
  void refusesADataPoolThatIsNotThere() {
    assertFails(
        Errno.ENOENT,
        () ->
            pool.createImage(
                name,
                MIB,
                new ImageOptions(OptionalLong.empty(), OptionalLong.empty(), Optional.of("none"))));
  }

  @Test
  void tellsTheOldFormat() throws Exception {
    ceph.rbd(
        "create",
        "--pool",
        "vms",
        "--size",
        "1M",
        "--image-format",
        "1",
        "--rbd-default-features",
        "0",
        name);
    try (RbdImage image = pool.open(name, true)) {
      assertThat(image.oldFormat()).isTrue();
    }
    assertThat(pool.images()).contains(new ImageName(name, ""));
  }

  @Test
  void opensByNameAndById() throws Exception {
    pool.createImage(name, MIB, ImageOptions.DEFAULT);
    String id;
    try (RbdImage image = pool.open(name, false)) {
      id = image.id();
    }
    try (RbdImage image = pool.openById(id, false)) {
      assertThat(image.name()).isEqualTo(name);
      image.write(0, pattern(1, 4096));
    }
    try (RbdImage image = pool.openById(id, true)) {
      assertReads(image, 0, pattern(1, 4096));
      assertFails(Errno.EROFS, () -> image.write(0, pattern(2, 4096)));
      assertThat(image.watchers()).isEmpty();
    }
    try (RbdImage image = pool.open(name, true)) {
      assertThat(image.id()).isEqualTo(id);
    }
    assertThat(failure(() -> pool.open("none", true)))
        .hasMessage("open image vms/none: No such file or directory");
    assertFails(Errno.ENOENT, () -> pool.openById("0123456789ab", true));
  }

  @Test
  void clonesASnapshotThatIsNotProtected() throws Exception {
    String base = base(8 * MIB, MIB);
    String clone = clone(base);

    try (RbdImage image = pool.open(clone, false);
        RbdImage parent = pool.open(base, true)) {
      RbdSnapshot snapshot = parent.snapshots().get(0);
      assertThat(image.parent())
          .contains(new RbdParent("vms", "", base, parent.id(), "base", snapshot.id(), false));
      assertThat(image.overlap()).isEqualTo(8 * MIB);
      assertThat(parent.children())
          .containsExactly(new RbdChild("vms", "", clone, image.id(), false));
      assertReads(image, 0, pattern(1, MIB));
      image.write(4096, pattern(2, 4096));
      assertReads(parent, 0, pattern(1, MIB));
    }
    assertFails(
        Errno.EEXIST, () -> pool.cloneImage(pool, base, "base", clone, ImageOptions.DEFAULT));
    assertFails(
        Errno.ENOENT, () -> pool.cloneImage(pool, base, "none", name, ImageOptions.DEFAULT));
    assertThat(failure(() -> pool.cloneImage(pool, "none", "base", name, ImageOptions.DEFAULT)))
        .hasMessageContaining("clone vms/none@base to image vms/" + name)
        .satisfies(e -> assertThat(e.errno()).isEqualTo(Errno.ENOENT));
  }

  @Test
  void clonesFromAPoolThatTheUserOnlyReads() throws Exception {
    String image = name("glance");
    ceph.rbd("create", "--pool", "images", "--size", "4M", image);
    ceph.rbd("snap", "create", "images/" + image + "@snap");
    try (CephPool images = cluster.pool("images", "")) {
      pool.cloneImage(images, image, "snap", name, ImageOptions.DEFAULT);
      try (RbdImage clone = pool.open(name, false)) {
        assertThat(clone.parent().orElseThrow().poolName()).isEqualTo("images");
        clone.flatten(RbdProgress.NONE);
      }
    }
    pool.removeImage(name, RbdProgress.NONE);
  }

  @Test
  void removesAnImage() throws Exception {
    pool.createImage(name, MIB, ImageOptions.DEFAULT);
    pool.removeImage(name, RbdProgress.NONE);

    assertFails(Errno.ENOENT, () -> pool.open(name, true));
    assertFails(Errno.ENOENT, () -> pool.removeImage(name, RbdProgress.NONE));
  }

  @Test
  void doesNotRemoveWhatSomebodyHasOpen() throws Exception {
    pool.createImage(name, MIB, ImageOptions.DEFAULT);
    try (CephCluster other = CephCluster.connect(access(ceph, Duration.ofSeconds(30)));
        RbdImage image = other.pool("vms", "").open(name, false)) {
      image.write(0, pattern(1, 4096));
      assertFails(Errno.EBUSY, () -> pool.removeImage(name, RbdProgress.NONE));
      assertReads(image, 0, pattern(1, 4096));
    }
    pool.removeImage(name, RbdProgress.NONE);
  }

  @Test
  void keepsAnImageInTheTrashWhileClonesLive() throws Exception {
    String base = base(4 * MIB, MIB);
    String clone = clone(base);
    String id;
    try (RbdImage image = pool.open(base, false)) {
      id = image.id();
      image.removeSnapshot("base");
      assertThat(image.snapshots())
          .singleElement()
          .extracting(RbdSnapshot::kind)
          .isEqualTo(RbdSnapshot.Kind.TRASH);
    }
    pool.trash().move(base, Duration.ZERO);

    assertThat(pool.trash().entries())
        .filteredOn(entry -> entry.id().equals(id))
        .singleElement()
        .extracting(TrashEntry::name)
        .isEqualTo(base);
    assertFails(Errno.ENOENT, () -> pool.open(base, true));
    CephException refused = failure(() -> pool.trash().remove(id, true, RbdProgress.NONE));
    assertThat(refused.is(Errno.ENOTEMPTY, Errno.EBUSY)).as(refused.toString()).isTrue();
    try (RbdImage image = pool.open(clone, true);
        RbdImage parent = pool.openById(id, true)) {
      assertThat(image.parent().orElseThrow().inTrash()).isTrue();
      assertReads(image, 0, pattern(1, MIB));
      assertThat(parent.children()).hasSize(1);
    }

    pool.removeImage(clone, RbdProgress.NONE);
    pool.trash().remove(id, false, RbdProgress.NONE);
    assertFails(Errno.ENOENT, () -> pool.trash().remove(id, false, RbdProgress.NONE));
  }

  @Test
  void keepsAnImageInTheTrashUntilItsTime() throws Exception {
    pool.createImage(name, MIB, ImageOptions.DEFAULT);
    String id;
    try (RbdImage image = pool.open(name, true)) {
      id = image.id();
    }
    pool.trash().move(name, Duration.ofHours(1));

    assertThat(pool.trash().entries())
        .filteredOn(entry -> entry.id().equals(id))
        .singleElement()
        .satisfies(
            entry ->
                assertThat(Duration.between(entry.movedAt(), entry.keptUntil()))
                    .isEqualTo(Duration.ofHours(1)));
    assertFails(Errno.EPERM, () -> pool.trash().remove(id, false, RbdProgress.NONE));

    String again = name("again");
    pool.trash().restore(id, again);
    try (RbdImage image = pool.open(again, true)) {
      assertThat(image.id()).isEqualTo(id);
    }
    assertFails(Errno.ENOENT, () -> pool.trash().restore(id, again));
  }

  @Test
  void listsMoreImagesThanAFirstBufferHolds() throws Exception {
    String namespace = name("many");
    ceph.rbd("namespace", "create", "--pool", "vms", "--namespace", namespace);
    try (CephPool many = cluster.pool("vms", namespace)) {
      for (int i = 0; i < 70; i++) {
        many.createImage("image-" + i, MIB, features(ImageOptions.FEATURE_LAYERING));
      }
      assertThat(many.images()).hasSize(70);
    }
  }

  @Test
  void keepsMetadata() throws Exception {
    pool.createImage(name, MIB, ImageOptions.DEFAULT);
    String large = "ü".repeat(3000);
    try (RbdImage image = pool.open(name, false)) {
      assertThat(image.metadata("key")).isEmpty();
      image.setMetadata("key", large);
      assertThat(image.metadata("key")).contains(large);
      image.setMetadata("key", "");
      assertThat(image.metadata("key")).contains("");
      image.removeMetadata("key");
      assertThat(image.metadata("key")).isEmpty();
    }
  }

  @Test
  void growsAndShrinksOnlyWhenItMay() throws Exception {
    pool.createImage(name, 4 * MIB, ImageOptions.DEFAULT);
    try (RbdImage image = pool.open(name, false)) {
      image.write(0, pattern(1, 4096));
      image.resize(8 * MIB, false, RbdProgress.NONE);
      assertThat(image.size()).isEqualTo(8 * MIB);
      assertReads(image, 0, pattern(1, 4096));
      assertReads(image, 7 * MIB, zeros(MIB));

      assertFails(Errno.EINVAL, () -> image.resize(MIB, false, RbdProgress.NONE));
      assertThat(image.size()).isEqualTo(8 * MIB);

      image.resize(MIB, true, RbdProgress.NONE);
      assertThat(image.size()).isEqualTo(MIB);
      assertReads(image, 0, pattern(1, 4096));
    }
  }

  @Test
  void tellsTheSizeWithoutOpening() throws Exception {
    pool.createImage(name, 8 * MIB, ImageOptions.DEFAULT);
    try (RbdImage image = pool.open(name, false)) {
      assertThat(pool.imageSize(image.id())).isEqualTo(8 * MIB);
      image.createSnapshot("before");
      image.resize(20L << 30, false, RbdProgress.NONE);
      assertThat(pool.imageSize(image.id())).isEqualTo(20L << 30);
    }
    assertThatThrownBy(() -> pool.imageSize("no-such-id"))
        .isInstanceOfSatisfying(CephException.class, e -> assertThat(e.is(Errno.ENOENT)).isTrue());
  }

  @Test
  void closesWhatIsOpenInAPool() throws Exception {
    pool.createImage(name, MIB, ImageOptions.DEFAULT);
    RbdImage image = pool.open(name, false);
    pool.close();

    assertThatThrownBy(image::size)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("image (vms/%s) is closed", name);
    assertThatThrownBy(() -> pool.open(name, true))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("pool (vms) is closed");
    try (CephPool again = cluster.pool("vms", "");
        RbdImage same = again.open(name, false)) {
      assertThat(same.watchers()).hasSize(1);
    }
  }
}
