package io.diskwright.toolkit.qcow2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** New images keep every rule of the specification, whatever their cluster size and size are. */
class Qcow2ImageTest {
  private static final long MAX_L1_ENTRIES = 32L * 1024 * 1024 / 8;

  @TempDir Path folder;

  /** What an image is asked to be. */
  record Shape(long virtualSize, int clusterBits, boolean extendedL2) {
    static Shape of(long virtualSize, int clusterBits) {
      return new Shape(virtualSize, clusterBits, false);
    }

    long bytesPerL1Entry() {
      return ((1L << clusterBits) / (extendedL2 ? 16 : 8)) << clusterBits;
    }
  }

  static Stream<Shape> shapes() {
    return IntStream.rangeClosed(9, 21)
        .boxed()
        .flatMap(
            bits ->
                Stream.of(false, true)
                    .filter(extended -> !extended || bits >= 14)
                    .flatMap(extended -> sizes(bits, extended)));
  }

  /** Sizes around all borders: of a sector, of an L1 entry, and of the largest L1 table. */
  private static Stream<Shape> sizes(int bits, boolean extended) {
    long perEntry = new Shape(512, bits, extended).bytesPerL1Entry();
    long largest =
        perEntry > Long.MAX_VALUE / MAX_L1_ENTRIES
            ? Long.MAX_VALUE / 512 * 512
            : perEntry * MAX_L1_ENTRIES;
    return LongStream.of(
            512,
            1L << bits,
            perEntry - 512,
            perEntry,
            perEntry + 512,
            perEntry * (1L << bits) / 8,
            perEntry * (1L << bits) / 8 + 512,
            Math.min(largest, 16L << 40),
            largest)
        .filter(size -> size >= 512 && size <= largest)
        .distinct()
        .mapToObj(size -> new Shape(size, bits, extended));
  }

  private Path write(Qcow2Image image) throws IOException {
    Path path = folder.resolve("image.qcow2");
    try (NativeFile file = NativeFile.createNew(path, 0600)) {
      image.write(file);
    }
    return path;
  }

  private static ByteBuffer read(Path path, long offset, long length) throws IOException {
    try (FileChannel channel = FileChannel.open(path)) {
      ByteBuffer bytes = ByteBuffer.allocate((int) Math.min(length, channel.size() - offset));
      while (bytes.hasRemaining()) {
        channel.read(bytes, offset + bytes.position());
      }
      return bytes.flip().order(ByteOrder.BIG_ENDIAN);
    }
  }

  @ParameterizedTest
  @MethodSource("shapes")
  void everyClusterIsCountedOnceAndUsedOnce(Shape shape) throws IOException {
    Path path =
        write(Qcow2Image.blank(shape.virtualSize, 1L << shape.clusterBits, shape.extendedL2));

    Qcow2Header header = Qcow2Header.read(read(path, 0, Qcow2Header.MAX_LENGTH));
    long clusterSize = 1L << shape.clusterBits;
    assertThat(header.version()).isEqualTo(3);
    assertThat(header.virtualSize()).isEqualTo(shape.virtualSize);
    assertThat(header.clusterSize()).isEqualTo(clusterSize);
    assertThat(header.has(Qcow2Header.EXTENDED_L2)).isEqualTo(shape.extendedL2);
    assertThat(header.backingFile()).isEmpty();

    BitSet used = new BitSet();
    use(used, 0, 1);
    use(used, header.refcountTableOffset() / clusterSize, header.refcountTableClusters());
    long l1Bytes = 8L * header.l1Entries();
    assertThat(l1Bytes).isBetween(1L, 8 * MAX_L1_ENTRIES);
    use(used, header.l1Offset() / clusterSize, ceil(l1Bytes, clusterSize));
    assertThat((shape.virtualSize - 1) / shape.bytesPerL1Entry()).isLessThan(header.l1Entries());

    long clusters = java.nio.file.Files.size(path) / clusterSize;
    assertThat(java.nio.file.Files.size(path)).isEqualTo(clusters * clusterSize);
    checkCounts(path, header, clusters, used);
    assertThat(used.cardinality()).isEqualTo((int) clusters);
    assertThat(read(path, header.l1Offset(), l1Bytes).mismatch(ByteBuffer.allocate((int) l1Bytes)))
        .isNegative();
  }

  /** Follows the refcount table: all clusters of the file are counted once, and none behind it. */
  private static void checkCounts(Path path, Qcow2Header header, long clusters, BitSet used)
      throws IOException {
    long clusterSize = header.clusterSize();
    ByteBuffer table =
        read(
            path,
            header.refcountTableOffset(),
            (long) header.refcountTableClusters() * clusterSize);
    long perBlock = clusterSize / 2;
    long cluster = 0;
    while (table.hasRemaining()) {
      long block = table.getLong();
      if (block == 0) {
        cluster += perBlock;
        continue;
      }
      assertThat(block % clusterSize).isZero();
      use(used, block / clusterSize, 1);
      ByteBuffer counts = read(path, block, clusterSize);
      while (counts.hasRemaining()) {
        short count = counts.getShort();
        if (count != (cluster < clusters ? 1 : 0)) {
          assertThat(count).as("refcount of cluster %d of %d", cluster, clusters).isEqualTo(-1);
        }
        cluster++;
      }
    }
    assertThat(cluster).isGreaterThanOrEqualTo(clusters);
  }

  private static void use(BitSet used, long first, long count) {
    for (long i = first; i < first + count; i++) {
      assertThat(used.get((int) i)).as("cluster %d is used already", i).isFalse();
      used.set((int) i);
    }
  }

  private static long ceil(long dividend, long divisor) {
    return (dividend + divisor - 1) / divisor;
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 10, 12, 16, 21})
  void anOverlayNamesItsBackingFileAndItsFormat(int clusterBits) throws IOException {
    Path path =
        write(
            Qcow2Image.blank(1 << 20, 1L << clusterBits, false)
                .over("../bases/käse & brot.raw", "raw"));

    Qcow2Header header = Qcow2Header.read(read(path, 0, Qcow2Header.MAX_LENGTH));

    assertThat(header.backingFile()).hasValue("../bases/käse & brot.raw");
    assertThat(header.backingFormat()).hasValue("raw");
  }

  @Test
  void aBackingNameThatDoesNotFitIsRefused() {
    Qcow2Image image = Qcow2Image.blank(1 << 20, 512, false);

    assertThatIllegalArgumentException().isThrownBy(() -> image.over("x".repeat(500), "raw"));
    assertThatIllegalArgumentException().isThrownBy(() -> image.over("", "raw"));
    Qcow2Image large = Qcow2Image.blank(1 << 20, 65536, false);
    assertThatIllegalArgumentException().isThrownBy(() -> large.over("x".repeat(1024), "raw"));
    assertThat(large.over("x".repeat(1023), "raw")).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -512, 1, 511, 513, Long.MIN_VALUE, Long.MAX_VALUE})
  void aSizeThatIsNoPositiveMultipleOf512IsRefused(long size) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Qcow2Image.blank(size, 65536, false))
        .withMessageContaining("multiple of 512");
  }

  @ParameterizedTest
  @ValueSource(longs = {0, -1, 1, 256, 513, 3 << 16, 1 << 22, 1L << 32, Long.MIN_VALUE})
  void aClusterSizeOutsideTheSpecificationIsRefused(long clusterSize) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Qcow2Image.blank(1 << 20, clusterSize, false))
        .withMessageContaining("cluster size");
  }

  @Test
  void extendedEntriesWantLargeClusters() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Qcow2Image.blank(1 << 20, 8192, true))
        .withMessageContaining("16384");
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 12, 16, 17})
  void aSizeThatNeedsTooLargeATableIsRefused(int clusterBits) {
    long largest = Shape.of(512, clusterBits).bytesPerL1Entry() * MAX_L1_ENTRIES;

    assertThatIllegalArgumentException()
        .isThrownBy(() -> Qcow2Image.blank(largest + 512, 1L << clusterBits, false))
        .withMessageContaining("at most " + largest);
  }

  @ParameterizedTest
  @ValueSource(ints = {9, 12, 16})
  void theLargestSizeOfAllIsRefusedAndDoesNotOverflow(int clusterBits) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Qcow2Image.blank(Long.MAX_VALUE / 512 * 512, 1L << clusterBits, false))
        .withMessageContaining("at most");
  }
}
