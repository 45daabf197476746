package io.diskwright.toolkit.qcow2;

import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A new qcow2 image, version 3, in which nothing is allocated yet: it reads as its backing file, or
 * as zeros.
 *
 * <p>Its first clusters are the header, the refcount table, the refcount blocks and the active L1
 * table, in this order. All of it is written without reading anything.
 */
public final class Qcow2Image {
  private static final int HEADER_LENGTH = 112;
  private static final int REFCOUNT_ORDER = 4;
  private static final int EXTENSION_BACKING_FORMAT = 0xe2792aca;
  private static final int EXTENSION_FEATURE_NAMES = 0x6803f857;
  private static final long MAX_L1_BYTES = 32L * 1024 * 1024;
  private static final int MIN_BITS_OF_EXTENDED_L2 = 14;

  private final long virtualSize;
  private final int clusterBits;
  private final boolean extendedL2;
  private final @Nullable String backingFile;
  private final @Nullable String backingFormat;

  private Qcow2Image(
      long virtualSize,
      int clusterBits,
      boolean extendedL2,
      @Nullable String backingFile,
      @Nullable String backingFormat) {
    this.virtualSize = virtualSize;
    this.clusterBits = clusterBits;
    this.extendedL2 = extendedL2;
    this.backingFile = backingFile;
    this.backingFormat = backingFormat;
  }

  /**
   * Returns an image that reads as zeros.
   *
   * @param virtualSize the guest-visible size in bytes, a positive multiple of 512
   * @param clusterSize a power of two, 512 bytes to 2 MiB, and at least 16 KiB with extended L2
   *     entries
   * @param extendedL2 whether clusters are allocated in 32 parts each
   * @throws IllegalArgumentException when a size is out of range, or too large for the other
   */
  public static Qcow2Image blank(long virtualSize, long clusterSize, boolean extendedL2) {
    int clusterBits = Long.numberOfTrailingZeros(clusterSize);
    if (Long.bitCount(clusterSize) != 1 || clusterBits < 9 || clusterBits > 21) {
      throw new IllegalArgumentException(
          "cluster size (%d) must be a power of two from 512 to 2097152".formatted(clusterSize));
    }
    if (extendedL2 && clusterBits < MIN_BITS_OF_EXTENDED_L2) {
      throw new IllegalArgumentException(
          "cluster size (%d) must be at least 16384 with extended L2 entries"
              .formatted(clusterSize));
    }
    if (virtualSize <= 0 || virtualSize % 512 != 0) {
      throw new IllegalArgumentException(
          "size (%d) must be a positive multiple of 512".formatted(virtualSize));
    }
    Qcow2Image image = new Qcow2Image(virtualSize, clusterBits, extendedL2, null, null);
    if (image.l1Entries() * 8 > MAX_L1_BYTES) {
      throw new IllegalArgumentException(
          "size (%d) must be at most %d with clusters of %d bytes"
              .formatted(virtualSize, MAX_L1_BYTES / 8 * image.bytesPerL1Entry(), clusterSize));
    }
    return image;
  }

  /**
   * Returns this image with a backing file, as which it reads.
   *
   * @param file its name, relative to the image's folder or absolute, 1 to 1023 bytes
   * @param format its format, {@code raw} or {@code qcow2}
   * @throws IllegalArgumentException when the name does not fit
   */
  public Qcow2Image over(String file, String format) {
    Qcow2Image image = new Qcow2Image(virtualSize, clusterBits, extendedL2, file, format);
    int length = file.getBytes(StandardCharsets.UTF_8).length;
    if (length == 0 || length > 1023 || image.header().length > (1 << clusterBits)) {
      throw new IllegalArgumentException(
          "backing file name (%s) must fit into the first cluster".formatted(file));
    }
    return image;
  }

  /** Writes the image into a new, empty file. */
  public void write(NativeFile file) throws OsException {
    Layout layout = layout();
    file.truncate(layout.clusters << clusterBits);
    file.write(0, ByteBuffer.wrap(header()));
    file.write(1L << clusterBits, ByteBuffer.wrap(refcountTable(layout)));
    file.write(layout.firstBlock() << clusterBits, ByteBuffer.wrap(refcounts(layout)));
  }

  /** How many clusters each part takes. */
  private record Layout(long tableClusters, long blocks, long clusters) {
    long firstBlock() {
      return 1 + tableClusters;
    }

    long l1Cluster() {
      return firstBlock() + blocks;
    }
  }

  /**
   * Every cluster needs a refcount, those that hold the refcounts too: grows until all have one.
   */
  private Layout layout() {
    long clusterSize = 1L << clusterBits;
    long l1Clusters = ceilDiv(l1Entries() * 8, clusterSize);
    long perBlock = (clusterSize * 8) >> REFCOUNT_ORDER;
    long blocks = 1;
    while (true) {
      long tableClusters = ceilDiv(blocks * 8, clusterSize);
      long clusters = 1 + tableClusters + blocks + l1Clusters;
      long needed = ceilDiv(clusters, perBlock);
      if (needed == blocks) {
        return new Layout(tableClusters, blocks, clusters);
      }
      blocks = needed;
    }
  }

  private byte[] header() {
    byte[] file = backingFile == null ? new byte[0] : backingFile.getBytes(StandardCharsets.UTF_8);
    byte[] extensions = extensions();
    int backingOffset = HEADER_LENGTH + extensions.length;
    Layout layout = layout();
    ByteBuffer header =
        ByteBuffer.allocate(backingOffset + file.length).order(ByteOrder.BIG_ENDIAN);
    header
        .putInt(Qcow2Header.MAGIC)
        .putInt(3)
        .putLong(file.length == 0 ? 0 : backingOffset)
        .putInt(file.length)
        .putInt(clusterBits)
        .putLong(virtualSize)
        .putInt(0) // no encryption
        .putInt((int) l1Entries())
        .putLong(layout.l1Cluster() << clusterBits)
        .putLong(1L << clusterBits)
        .putInt((int) layout.tableClusters)
        .putInt(0) // no snapshots
        .putLong(0)
        .putLong(extendedL2 ? Qcow2Header.EXTENDED_L2 : 0)
        .putLong(0) // no compatible features
        .putLong(0) // no autoclear features
        .putInt(REFCOUNT_ORDER)
        .putInt(HEADER_LENGTH)
        .put((byte) 0) // compression by zlib
        .put(new byte[7])
        .put(extensions)
        .put(file);
    return header.array();
  }

  private byte[] extensions() {
    ByteBuffer extensions = ByteBuffer.allocate(256).order(ByteOrder.BIG_ENDIAN);
    if (backingFormat != null) {
      extension(
          extensions, EXTENSION_BACKING_FORMAT, backingFormat.getBytes(StandardCharsets.US_ASCII));
    }
    if (extendedL2) {
      byte[] name = Arrays.copyOf("extended L2 entries".getBytes(StandardCharsets.US_ASCII), 46);
      byte[] entry = new byte[48];
      entry[1] = 4; // an incompatible feature (type 0), bit 4
      System.arraycopy(name, 0, entry, 2, name.length);
      extension(extensions, EXTENSION_FEATURE_NAMES, entry);
    }
    extension(extensions, 0, new byte[0]);
    return Arrays.copyOf(extensions.array(), extensions.position());
  }

  private static void extension(ByteBuffer target, int type, byte[] data) {
    target.putInt(type).putInt(data.length).put(data).put(new byte[(8 - data.length % 8) % 8]);
  }

  private byte[] refcountTable(Layout layout) {
    ByteBuffer table = ByteBuffer.allocate((int) layout.blocks * 8).order(ByteOrder.BIG_ENDIAN);
    for (long block = 0; block < layout.blocks; block++) {
      table.putLong((layout.firstBlock() + block) << clusterBits);
    }
    return table.array();
  }

  /** The refcount blocks lie one behind the other, so that one run of counts fills them. */
  private static byte[] refcounts(Layout layout) {
    ByteBuffer counts = ByteBuffer.allocate((int) layout.clusters * 2).order(ByteOrder.BIG_ENDIAN);
    while (counts.hasRemaining()) {
      counts.putShort((short) 1);
    }
    return counts.array();
  }

  private long l1Entries() {
    return ceilDiv(virtualSize, bytesPerL1Entry());
  }

  private long bytesPerL1Entry() {
    long l2Entries = (1L << clusterBits) / (extendedL2 ? 16 : 8);
    return l2Entries << clusterBits;
  }

  /** Divides a positive number, which may be near the largest there is, and rounds up. */
  private static long ceilDiv(long dividend, long divisor) {
    return (dividend - 1) / divisor + 1;
  }
}
