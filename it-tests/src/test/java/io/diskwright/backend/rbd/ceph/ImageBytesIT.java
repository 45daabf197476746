package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bytes of images, and where there are any. */
class ImageBytesIT extends CephTestBase {
  private static final int SIZE = 24 * MIB;

  private final String name = name("image");
  private RbdImage image;

  @BeforeEach
  void open() throws Exception {
    pool.createImage(name, SIZE, ImageOptions.DEFAULT);
    image = pool.open(name, false);
  }

  @AfterEach
  void close() throws Exception {
    image.close();
  }

  private static ByteBuffer direct(ByteBuffer source) {
    return ByteBuffer.allocateDirect(source.remaining()).put(source).flip();
  }

  @Test
  void writesAndReadsBuffersOfAnyKindFromTheirPositionToTheirLimit() throws Exception {
    ByteBuffer all = pattern(1, 3 * MIB);
    List<ByteBuffer> kinds =
        List.of(
            all.duplicate(),
            direct(all.duplicate()),
            all.asReadOnlyBuffer(),
            direct(all.duplicate()).asReadOnlyBuffer());
    for (ByteBuffer kind : kinds) {
      kind.position(100).limit(100 + 2 * MIB);
      image.writeZeroes(0, SIZE);
      image.write(512, kind);

      assertThat(kind.position()).isEqualTo(kind.limit());
      for (ByteBuffer target :
          List.of(ByteBuffer.allocate(3 * MIB), ByteBuffer.allocateDirect(3 * MIB))) {
        target.position(7).limit(7 + 2 * MIB);
        assertThat(image.read(512, target)).isEqualTo(2 * MIB);
        assertThat(target.position()).isEqualTo(target.limit());
        assertThat(target.position(7))
            .isEqualTo(all.duplicate().position(100).limit(100 + 2 * MIB));
      }
      assertReads(image, 0, zeros(512));
      assertReads(image, 512 + 2 * MIB, zeros(512));
    }
  }

  @Test
  void readsUpToTheEndAndNothingBehindIt() throws Exception {
    image.write(SIZE - 1000, pattern(1, 1000));

    for (ByteBuffer target : List.of(ByteBuffer.allocate(4096), ByteBuffer.allocateDirect(4096))) {
      assertThat(image.read(SIZE - 1000, target)).isEqualTo(1000);
      assertThat(target.flip()).isEqualTo(pattern(1, 1000));
      assertThat(image.read(SIZE, target.clear())).isZero();
      assertThat(image.read(10L * SIZE, target)).isZero();
      assertThat(target.position()).isZero();
    }
    assertThat(image.read(0, ByteBuffer.allocate(0))).isZero();
  }

  @Test
  void refusesToWriteBehindTheEnd() throws Exception {
    assertFails(Errno.EINVAL, () -> image.write(SIZE, pattern(1, 512)));
    CephException straddling = failure(() -> image.write(SIZE - 512, pattern(1, 1024)));
    assertThat(straddling).isNotNull();
    assertThat(image.size()).isEqualTo(SIZE);
    image.write(SIZE, ByteBuffer.allocate(0));
  }

  @Test
  void refusesRangesAndBuffersThatCannotBe() {
    assertThatThrownBy(() -> image.read(-1, ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> image.writeZeroes(0, -1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> image.discard(Long.MAX_VALUE, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> image.read(0, ByteBuffer.allocate(1).asReadOnlyBuffer()))
        .isInstanceOf(ReadOnlyBufferException.class);
  }

  @Test
  void clearsExactlyARange() throws Exception {
    image.write(0, pattern(1, 12 * MIB));
    int from = 3 * MIB + 777;
    int to = 9 * MIB - 333;

    image.writeZeroes(from, to - from);

    assertReads(image, 0, pattern(1, 12 * MIB).limit(from));
    assertReads(image, from, zeros(to - from));
    assertReads(image, to, pattern(1, 12 * MIB).position(to));
  }

  @Test
  void clearsRangesLargerThanOneCallCan() throws Exception {
    image.resize(5L << 30, false, RbdProgress.NONE);
    image.write(100, pattern(1, 1000));
    image.write((3L << 30) - 500, pattern(2, 1000));

    image.writeZeroes(200, (4L << 30));
    image.discard(0, 5L << 30);

    assertReads(image, (3L << 30) - 500, zeros(1000));
    assertReads(image, 0, zeros(MIB));
  }

  @Test
  void frees() throws Exception {
    image.write(0, pattern(1, 8 * MIB));
    image.discard(0, 8 * MIB);
    image.flush();

    assertReads(image, 0, zeros(8 * MIB));
    assertThat(extents(0, SIZE)).containsExactly("hole 0+" + SIZE);
  }

  @Test
  void isWrittenByManyThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Integer>> all = new ArrayList<>();
      for (int i = 0; i < 48; i++) {
        int part = i;
        all.add(
            threads.submit(
                () -> {
                  image.write((long) part * MIB / 2, pattern(part, MIB / 2));
                  return part;
                }));
      }
      for (Future<Integer> one : all) {
        int part = one.get();
        assertReads(image, (long) part * MIB / 2, pattern(part, MIB / 2));
      }
    } finally {
      threads.shutdown();
    }
  }

  private List<String> extents(long offset, long length) throws IOException {
    return extents(image, offset, length);
  }

  private static List<String> extents(RbdImage image, long offset, long length) throws IOException {
    List<String> extents = new ArrayList<>();
    image.extents(
        offset,
        length,
        (at, size, data) -> extents.add((data ? "data " : "hole ") + at + "+" + size));
    return extents;
  }

  @Test
  void tellsDataFromHoles() throws Exception {
    image.write(4 * MIB, pattern(1, 8 * MIB));
    image.write(20 * MIB + 100, pattern(1, 100));

    assertThat(extents(0, SIZE))
        .containsExactly(
            "hole 0+" + 4 * MIB,
            "data " + 4 * MIB + "+" + 8 * MIB,
            "hole " + 12 * MIB + "+" + 8 * MIB,
            "data " + 20 * MIB + "+" + 4 * MIB);
    assertThat(extents(5 * MIB, 8 * MIB))
        .containsExactly("data " + 5 * MIB + "+" + 7 * MIB, "hole " + 12 * MIB + "+" + MIB);
    assertThat(extents(23 * MIB, 8 * MIB)).containsExactly("data " + 23 * MIB + "+" + MIB);
    assertThat(extents(SIZE, 8 * MIB)).isEmpty();
    assertThat(extents(0, 0)).isEmpty();
  }

  @Test
  void tellsOfACloneWhatComesFromItsParent() throws Exception {
    image.write(4 * MIB, pattern(1, 4 * MIB));
    image.createSnapshot("base");
    String clone = clone(name);
    try (RbdImage child = pool.open(clone, false)) {
      child.resize(2 * SIZE, false, RbdProgress.NONE);
      child.write(16 * MIB, pattern(2, 4 * MIB));

      assertThat(extents(child, 0, 2 * SIZE))
          .containsExactly(
              "hole 0+" + 4 * MIB,
              "data " + 4 * MIB + "+" + 4 * MIB,
              "hole " + 8 * MIB + "+" + 8 * MIB,
              "data " + 16 * MIB + "+" + 4 * MIB,
              "hole " + 20 * MIB + "+" + 28 * MIB);
    }
  }

  @Test
  void tellsOfASnapshotWhatItHolds() throws Exception {
    image.write(4 * MIB, pattern(1, 4 * MIB));
    image.createSnapshot("snapshot");
    image.write(12 * MIB, pattern(1, 4 * MIB));
    image.writeZeroes(4 * MIB, 4 * MIB);

    image.setSnapshot(Optional.of("snapshot"));

    assertThat(extents(0, SIZE))
        .containsExactly(
            "hole 0+" + 4 * MIB,
            "data " + 4 * MIB + "+" + 4 * MIB,
            "hole " + 8 * MIB + "+" + 16 * MIB);
  }

  /** Random writes, with sets of features that tell extents in other ways. */
  @ParameterizedTest
  @ValueSource(
      longs = {
        ImageOptions.FEATURE_LAYERING,
        ImageOptions.FEATURE_LAYERING
            | ImageOptions.FEATURE_EXCLUSIVE_LOCK
            | ImageOptions.FEATURE_OBJECT_MAP
            | ImageOptions.FEATURE_FAST_DIFF
      })
  void neverTellsAHoleWhereThereIsData(long features) throws Exception {
    ImageOptions options =
        new ImageOptions(OptionalLong.of(features), OptionalLong.of(MIB), Optional.empty());
    byte[] expected = new byte[SIZE];
    Random dice = new Random(features);
    String parent = name("random");
    pool.createImage(parent, SIZE, options);
    try (RbdImage written = pool.open(parent, false)) {
      for (int i = 0; i < 30; i++) {
        change(written, i, expected, dice);
      }
      assertTellsEverything(written, expected);
      written.createSnapshot("base");
    }

    String clone = name("clone");
    pool.cloneImage(pool, parent, "base", clone, options);
    try (RbdImage written = pool.open(clone, false)) {
      assertTellsEverything(written, expected);
      written.resize(SIZE - 5 * MIB - 300, true, RbdProgress.NONE);
      written.resize(SIZE, false, RbdProgress.NONE);
      Arrays.fill(expected, SIZE - 5 * MIB - 300, SIZE, (byte) 0);
      for (int i = 0; i < 10; i++) {
        change(written, i, expected, dice);
        assertTellsEverything(written, expected);
        written.createSnapshot("after-" + i);
      }
    }
  }

  private static void change(RbdImage image, int step, byte[] expected, Random dice)
      throws CephException {
    int at = dice.nextInt(SIZE - 4 * MIB);
    int length = 1 + dice.nextInt(step % 3 == 0 ? 3 * MIB : 5000);
    if (step % 4 == 3) {
      image.writeZeroes(at, length);
      Arrays.fill(expected, at, at + length, (byte) 0);
    } else {
      byte[] bytes = pattern(step, length).array();
      image.write(at, ByteBuffer.wrap(bytes));
      System.arraycopy(bytes, 0, expected, at, length);
    }
  }

  private static void assertTellsEverything(RbdImage image, byte[] expected) throws IOException {
    int begin = 1000;
    long[] next = {begin};
    image.extents(
        begin,
        SIZE,
        (at, length, data) -> {
          assertThat(at).isEqualTo(next[0]);
          next[0] = at + length;
          ByteBuffer part = ByteBuffer.wrap(expected, (int) at, (int) length);
          assertReads(image, at, part);
          if (!data) {
            assertThat(part).isEqualTo(zeros((int) length));
          }
        });
    assertThat(next[0]).isEqualTo(SIZE);
  }

  @Test
  void endsTheListingWithWhatItsConsumerThrows() {
    assertThatThrownBy(
            () ->
                image.extents(
                    0,
                    SIZE,
                    (offset, length, data) -> {
                      throw new IOException("enough");
                    }))
        .isInstanceOf(IOException.class)
        .hasMessage("enough");
  }
}
