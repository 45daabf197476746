package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.toolkit.os.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots under ids that were asked for before. */
class SnapshotsByIdIT extends CephTestBase {
  private static final long MAPPED =
      ImageOptions.FEATURE_LAYERING
          | ImageOptions.FEATURE_EXCLUSIVE_LOCK
          | ImageOptions.FEATURE_OBJECT_MAP;

  private String image(long features) throws Exception {
    String image = name("image");
    pool.createImage(
        image,
        16 * MIB,
        new ImageOptions(OptionalLong.of(features), OptionalLong.empty(), Optional.empty()));
    return image;
  }

  /** Writes to two of four objects, takes a snapshot, and returns the image's id. */
  private String snapped(String name, Optional<Long> snapshotId) throws Exception {
    try (RbdImage image = pool.open(name, false)) {
      image.write(0, pattern(1, MIB));
      image.write(9 * MIB, pattern(2, MIB));
      if (snapshotId.isPresent()) {
        image.createSnapshot("base", snapshotId.get());
      } else {
        image.createSnapshot("base");
      }
      return image.id();
    }
  }

  @ParameterizedTest
  @ValueSource(
      longs = {
        ImageOptions.FEATURE_LAYERING,
        MAPPED,
        MAPPED | ImageOptions.FEATURE_FAST_DIFF | ImageOptions.FEATURE_DEEP_FLATTEN
      })
  void areAsLibrbdTakesThem(long features) throws Exception {
    String theirs = image(features);
    String ours = image(features);
    String theirId = snapped(theirs, Optional.empty());
    String ourId = snapped(ours, Optional.of(pool.newSnapshotId()));

    assertThat(objectMaps(ourId)).containsExactlyElementsOf(objectMaps(theirId));
    assertThat(snapshots(ours)).isEqualTo(snapshots(theirs));
    assertThat(diff("vms/" + ours + "@base")).isEqualTo(diff("vms/" + theirs + "@base"));
    assertThat(diff("--from-snap", "base", "vms/" + ours))
        .isEqualTo(diff("--from-snap", "base", "vms/" + theirs));
    for (String part : List.of("", "@base")) {
      if ((features & ImageOptions.FEATURE_OBJECT_MAP) != 0) {
        String unused = ceph.rbd("object-map", "check", "--no-progress", "vms/" + ours + part);
      }
      assertThat(ceph.rbd("info", "vms/" + ours + part)).doesNotContain("invalid");
    }
    assertServes(ours);
    ceph.rbd("snap", "rm", "--no-progress", "vms/" + ours + "@base");
    pool.removeImage(ours, RbdProgress.NONE);
    assertThat(ceph.rados("-p", "vms", "ls")) // what was overwritten goes later
        .doesNotContain("rbd_header." + ourId, "rbd_object_map." + ourId);
  }

  private List<String> snapshots(String name) throws Exception {
    try (RbdImage image = pool.open(name, true)) {
      return image.snapshots().stream()
          .map(it -> "%s %d %s %s".formatted(it.name(), it.size(), it.kind(), it.isProtected()))
          .toList();
    }
  }

  private String diff(String... what) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of("diff", "--whole-object"));
    arguments.addAll(List.of(what));
    return ceph.rbd(arguments.toArray());
  }

  /** A clone reads what was written before, whatever is written after. */
  private void assertServes(String name) throws Exception {
    String clone = clone(name);
    try (RbdImage image = pool.open(name, false);
        RbdImage disk = pool.open(clone, false)) {
      image.write(0, pattern(3, MIB));
      image.write(5 * MIB, pattern(4, MIB));
      assertReads(disk, 0, pattern(1, MIB));
      assertReads(disk, 5 * MIB, zeros(MIB));
      assertReads(disk, 9 * MIB, pattern(2, MIB));
      assertReads(image, 0, pattern(3, MIB));
    }
    pool.removeImage(clone, RbdProgress.NONE);
  }

  @Test
  void areRefusedUnderANameThatIsTakenOrAnIdThatIsOlder() throws Exception {
    String name = image(MAPPED);
    long older = pool.newSnapshotId();
    long taken = pool.newSnapshotId();
    String id = snapped(name, Optional.of(taken));
    List<String> maps = objectMaps(id);

    try (RbdImage image = pool.open(name, false)) {
      long newer = pool.newSnapshotId();
      assertFails(Errno.EEXIST, () -> image.createSnapshot("base", newer));
      assertFails(Errno.EEXIST, () -> image.createSnapshot("other", taken));
      assertFails(Errno.ESTALE, () -> image.createSnapshot("other", older));
      assertThat(image.snapshots()).extracting(RbdSnapshot::name).containsExactly("base");
    }
    assertThat(objectMaps(id)).isEqualTo(maps);
  }

  @Test
  void areRefusedForAnImageWithAJournal() throws Exception {
    String name =
        image(
            ImageOptions.FEATURE_LAYERING
                | ImageOptions.FEATURE_EXCLUSIVE_LOCK
                | ImageOptions.FEATURE_JOURNALING);

    try (RbdImage image = pool.open(name, false)) {
      assertFails(Errno.EOPNOTSUPP, () -> image.createSnapshot("base", pool.newSnapshotId()));
      assertThat(image.snapshots()).isEmpty();
    }
  }
}
