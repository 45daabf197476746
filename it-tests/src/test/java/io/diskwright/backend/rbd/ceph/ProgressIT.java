package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.diskwright.toolkit.os.Errno;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Long calls: what they tell, and which of them can be ended. */
class ProgressIT extends CephTestBase {
  private static final long SIZE = 128L * MIB;

  private String clone;

  private RbdImage openClone() throws CephException {
    clone = clone(base(SIZE, 32 * MIB));
    return pool.open(clone, false);
  }

  @Test
  void flatteningTellsHowFarItIs() throws Exception {
    List<Long> seen = new CopyOnWriteArrayList<>();
    try (RbdImage image = openClone()) {
      image.flatten(
          (done, total) -> {
            assertThat(done).isBetween(0L, total);
            return seen.add(done);
          });

      assertThat(seen).hasSizeGreaterThan(8);
      assertThat(image.parent()).isEmpty();
      assertReads(image, 0, pattern(1, 32 * MIB));
    }
  }

  @Test
  void flatteningEndsWhenItIsTold() throws Exception {
    try (RbdImage image = openClone()) {
      assertFails(Errno.ECANCELED, () -> image.flatten((done, total) -> done < 4));

      assertThat(image.parent()).isPresent();
      assertReads(image, 0, pattern(1, 32 * MIB));
      image.flatten(RbdProgress.NONE);
      assertThat(image.parent()).isEmpty();
      assertReads(image, 0, pattern(1, 32 * MIB));
    }
  }

  @Test
  void flatteningThrowsWhatProgressThrows() throws Exception {
    try (RbdImage image = openClone()) {
      assertThatThrownBy(
              () ->
                  image.flatten(
                      (done, total) -> {
                        throw new UnsupportedOperationException("enough");
                      }))
          .isInstanceOf(UnsupportedOperationException.class)
          .hasMessage("enough");
      assertThat(image.parent()).isPresent();
    }
  }

  @Test
  void whatHasNoParentCannotBeFlattened() throws Exception {
    String base = base(MIB, MIB);
    try (RbdImage image = pool.open(base, false)) {
      assertFails(Errno.EINVAL, () -> image.flatten(RbdProgress.NONE));
    }
  }

  @Test
  void callsFromInsideAReportAreRefused() throws Exception {
    AtomicReference<Throwable> refused = new AtomicReference<>();
    try (RbdImage image = openClone()) {
      image.flatten(
          (done, total) -> {
            refused.set(catchThrowable(image::close));
            return true;
          });
      assertThat(refused.get())
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("image (vms/%s) is used inside a report of progress", clone);
      assertThat(image.parent()).isEmpty();
    }
  }

  @Test
  void shrinkingAndRollingBackTellHowFarTheyAre() throws Exception {
    String base = base(SIZE, 32 * MIB);
    List<Long> seen = new CopyOnWriteArrayList<>();
    try (RbdImage image = pool.open(base, false)) {
      image.rollBack("base", (done, total) -> seen.add(done));
      assertThat(seen).isNotEmpty();
      seen.clear();
      image.resize(MIB, true, (done, total) -> seen.add(done));
      assertThat(seen).isNotEmpty();
      assertThat(image.size()).isEqualTo(MIB);
    }
  }

  @Test
  void removingEndsWhenItIsToldAndCanBeginAgain() throws Exception {
    String image = name("image");
    String id = written(image);

    assertFails(Errno.ECANCELED, () -> pool.removeImage(image, (done, total) -> done < 2));

    assertFails(Errno.ENOENT, () -> pool.open(image, true));
    assertThat(pool.images()).contains(new ImageName(image, id));
    assertThat(pool.trash().entries()).extracting(TrashEntry::id).doesNotContain(id);
    List<Long> seen = new CopyOnWriteArrayList<>();
    pool.removeImage(image, (done, total) -> seen.add(done));
    assertThat(seen).isNotEmpty();
    assertThat(pool.images()).doesNotContain(new ImageName(image, id));
    assertFails(Errno.ENOENT, () -> pool.openById(id, true));
  }

  @Test
  void whatIsHalfRemovedCanBeRemovedByItsIdToo() throws Exception {
    String image = name("image");
    String id = written(image);
    assertFails(Errno.ECANCELED, () -> pool.removeImage(image, (done, total) -> done < 2));
    pool.createImage(image, MIB, ImageOptions.DEFAULT);

    pool.trash().remove(id, false, RbdProgress.NONE);

    assertFails(Errno.ENOENT, () -> pool.openById(id, true));
    try (RbdImage other = pool.open(image, true)) {
      assertThat(other.size()).isEqualTo(MIB);
    }
  }

  private String written(String image) throws CephException {
    pool.createImage(image, SIZE, ImageOptions.DEFAULT);
    try (RbdImage written = pool.open(image, false)) {
      written.write(0, pattern(1, 32 * MIB));
      return written.id();
    }
  }

  @Test
  void removingFromTheTrashEndsWhenItIsToldAndCanBeginAgain() throws Exception {
    String image = name("image");
    String id = written(image);
    pool.trash().move(image, Duration.ZERO);

    assertFails(Errno.ECANCELED, () -> pool.trash().remove(id, false, (done, total) -> done < 2));

    assertThat(pool.trash().entries()).extracting(TrashEntry::id).contains(id);
    pool.trash().remove(id, false, RbdProgress.NONE);
    assertThat(pool.trash().entries()).extracting(TrashEntry::id).doesNotContain(id);
  }

  @Test
  void shrinkingEndsWhenItIsTold() throws Exception {
    String base = base(SIZE, 32 * MIB);
    try (RbdImage image = pool.open(base, false)) {
      assertFails(Errno.ECANCELED, () -> image.resize(MIB, true, (done, total) -> false));
    }
    // whoever has seen it shrink may be told the smaller size for a moment longer
    try (RbdImage image = pool.open(base, false)) {
      assertThat(image.size()).isEqualTo(SIZE);
      image.resize(MIB, true, RbdProgress.NONE);
      assertThat(image.size()).isEqualTo(MIB);
    }
  }

  @Test
  void rollingBackEndsWhenItIsToldAndCanBeginAgain() throws Exception {
    String base = base(SIZE, 32 * MIB);
    try (RbdImage image = pool.open(base, false)) {
      image.write(0, pattern(2, 32 * MIB));
      assertFails(Errno.ECANCELED, () -> image.rollBack("base", (done, total) -> done < 2));
      image.rollBack("base", RbdProgress.NONE);
      assertReads(image, 0, pattern(1, 32 * MIB));
    }
  }
}
