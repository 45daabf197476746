package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.toolkit.os.Errno;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Snapshots of images. */
class SnapshotsIT extends CephTestBase {
  private final String name = name("image");
  private RbdImage image;

  @BeforeEach
  void open() throws Exception {
    pool.createImage(name, 4 * MIB, ImageOptions.DEFAULT);
    image = pool.open(name, false);
    image.write(0, pattern(1, MIB));
  }

  @AfterEach
  void close() throws Exception {
    image.close();
  }

  @Test
  void areTakenListedAndRemoved() throws Exception {
    image.createSnapshot("one");
    image.resize(8 * MIB, false, RbdProgress.NONE);
    image.createSnapshot("zwei ü");

    assertThat(image.snapshots())
        .extracting(RbdSnapshot::name, RbdSnapshot::size, RbdSnapshot::kind)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple("one", 4L * MIB, RbdSnapshot.Kind.USER),
            org.assertj.core.groups.Tuple.tuple("zwei ü", 8L * MIB, RbdSnapshot.Kind.USER));
    assertFails(Errno.EEXIST, () -> image.createSnapshot("one"));

    image.removeSnapshot("one");
    image.removeSnapshot("zwei ü");
    assertThat(image.snapshots()).isEmpty();
    assertFails(Errno.ENOENT, () -> image.removeSnapshot("one"));
  }

  @Test
  void areReadWhileTheImageChanges() throws Exception {
    image.createSnapshot("snapshot");
    image.write(0, pattern(2, MIB));
    image.resize(8 * MIB, false, RbdProgress.NONE);

    try (RbdImage reader = pool.open(name, true)) {
      reader.setSnapshot(Optional.of("snapshot"));
      assertThat(reader.size()).isEqualTo(4 * MIB);
      assertReads(reader, 0, pattern(1, MIB));
      reader.setSnapshot(Optional.empty());
      assertThat(reader.size()).isEqualTo(8 * MIB);
      assertReads(reader, 0, pattern(2, MIB));
      assertFails(Errno.ENOENT, () -> reader.setSnapshot(Optional.of("none")));
    }
  }

  @Test
  void areRolledBackTo() throws Exception {
    image.createSnapshot("snapshot");
    image.write(0, pattern(2, MIB));
    image.resize(8 * MIB, false, RbdProgress.NONE);

    image.rollBack("snapshot", RbdProgress.NONE);

    assertThat(image.size()).isEqualTo(4 * MIB);
    assertReads(image, 0, pattern(1, MIB));
    assertFails(Errno.ENOENT, () -> image.rollBack("none", RbdProgress.NONE));
  }

  @Test
  void areProtectedFromRemoval() throws Exception {
    image.createSnapshot("snapshot");
    assertThat(image.isProtected("snapshot")).isFalse();
    image.protect("snapshot");

    assertThat(image.isProtected("snapshot")).isTrue();
    assertThat(image.snapshots())
        .singleElement()
        .extracting(RbdSnapshot::isProtected)
        .isEqualTo(true);
    assertFails(Errno.EBUSY, () -> image.protect("snapshot"));
    assertFails(Errno.EBUSY, () -> image.removeSnapshot("snapshot"));

    image.unprotect("snapshot");
    assertFails(Errno.EINVAL, () -> image.unprotect("snapshot"));
    image.removeSnapshot("snapshot");
  }

  @Test
  void knowTheirClonesOfEitherFormat() throws Exception {
    image.createSnapshot("base");
    image.protect("base");
    String second = clone(name);
    String first = name("clone");
    ceph.rbd("clone", "--rbd-default-clone-format", "1", "vms/" + name + "@base", "vms/" + first);

    assertThat(image.children())
        .extracting(RbdChild::imageName)
        .containsExactlyInAnyOrder(first, second);
    assertFails(Errno.EBUSY, () -> image.unprotect("base"));

    pool.removeImage(first, RbdProgress.NONE);
    image.unprotect("base");
    assertThat(image.children()).extracting(RbdChild::imageName).containsExactly(second);
  }

  @Test
  void keepAnImageFromBeingRemoved() throws Exception {
    image.createSnapshot("snapshot");
    image.close();

    assertFails(Errno.ENOTEMPTY, () -> pool.removeImage(name, RbdProgress.NONE));
  }

  @Test
  void areListedHoweverManyThereAre() throws Exception {
    for (int i = 0; i < 20; i++) {
      image.createSnapshot("snapshot " + i);
    }
    assertThat(image.snapshots())
        .hasSize(20)
        .last()
        .extracting(RbdSnapshot::name)
        .isEqualTo("snapshot 19");
  }
}
