package io.diskwright.toolkit.qcow2;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * The header of a qcow2 image, versions 2 and 3; a closed value read from untrusted bytes.
 *
 * @param version 2 or 3
 * @param backingFile the name of the backing file, as it stands there
 * @param backingFormat the format of the backing file, from the header extension
 * @param clusterBits the cluster size as a power of two, 9 to 21
 * @param virtualSize the guest-visible size in bytes
 * @param cryptMethod 0 for none
 * @param l1Entries the number of entries of the active L1 table
 * @param l1Offset where the active L1 table is
 * @param refcountTableOffset where the refcount table is
 * @param refcountTableClusters how many clusters the refcount table has
 * @param snapshotCount how many internal snapshots there are
 * @param snapshotsOffset where the snapshot table is
 * @param incompatibleFeatures the feature bits that a reader must know
 * @param externalDataFile whether an extension names an external data file
 * @param compressionType 0 for zlib, 1 for zstd
 */
public record Qcow2Header(
    int version,
    Optional<String> backingFile,
    Optional<String> backingFormat,
    int clusterBits,
    long virtualSize,
    int cryptMethod,
    int l1Entries,
    long l1Offset,
    long refcountTableOffset,
    int refcountTableClusters,
    int snapshotCount,
    long snapshotsOffset,
    long incompatibleFeatures,
    boolean externalDataFile,
    int compressionType) {
  /** The first four bytes of every qcow2 image. */
  public static final int MAGIC = 0x514649fb;

  /** How many bytes from the start {@link #read} needs at the most. */
  public static final int MAX_LENGTH = 64 * 1024;

  /** Incompatible feature: refcounts may be wrong, because a writer was killed. */
  public static final long DIRTY = 1;

  /** Incompatible feature: the image is known to be damaged. */
  public static final long CORRUPT = 1 << 1;

  /** Incompatible feature: the guest's bytes are in another file. */
  public static final long EXTERNAL_DATA = 1 << 2;

  /** Incompatible feature: the clusters are not compressed by zlib. */
  public static final long COMPRESSION_TYPE = 1 << 3;

  /** Incompatible feature: L2 entries are 128 bits long. */
  public static final long EXTENDED_L2 = 1 << 4;

  private static final int EXTENSION_BACKING_FORMAT = 0xe2792aca;
  private static final int EXTENSION_DATA_FILE = 0x44415441;
  private static final int V2_LENGTH = 72;
  private static final int V3_LENGTH = 104;
  private static final int MAX_BACKING_NAME = 1023;
  private static final int V2_REFCOUNT_ORDER = 4;
  private static final int MAX_REFCOUNT_ORDER = 6;

  /** Returns whether bytes begin as a qcow2 image does. */
  public static boolean hasMagic(ByteBuffer start) {
    ByteBuffer bytes = start.duplicate().order(ByteOrder.BIG_ENDIAN);
    return bytes.remaining() >= 4 && bytes.getInt(bytes.position()) == MAGIC;
  }

  /**
   * Reads a header.
   *
   * @param start the image's first bytes, {@link #MAX_LENGTH} of them or all there are, from the
   *     buffer's position to its limit; the buffer is left as it is
   * @throws Qcow2FormatException when they are not a header
   */
  public static Qcow2Header read(ByteBuffer start) throws Qcow2FormatException {
    ByteBuffer bytes = start.slice().order(ByteOrder.BIG_ENDIAN);
    require(bytes.remaining() >= V2_LENGTH, "it ends within the header");
    require(bytes.getInt(0) == MAGIC, "it does not begin with qcow2's magic number");
    int version = bytes.getInt(4);
    require(version == 2 || version == 3, "its version is " + version + ", not 2 or 3");
    require(version == 2 || bytes.remaining() >= V3_LENGTH, "it ends within the header");
    int clusterBits = bytes.getInt(20);
    require(clusterBits >= 9 && clusterBits <= 21, "its cluster size is not 512 bytes to 2 MiB");
    int headerLength = version == 2 ? V2_LENGTH : bytes.getInt(100);
    require(
        version == 2 || isV3HeaderLength(headerLength, clusterBits),
        "its header length is " + headerLength);
    int refcountOrder = version == 2 ? V2_REFCOUNT_ORDER : bytes.getInt(96);
    require(
        refcountOrder >= 0 && refcountOrder <= MAX_REFCOUNT_ORDER,
        "its refcount order is " + refcountOrder);
    require(
        version == 2 || headerLength == V3_LENGTH || bytes.remaining() > V3_LENGTH,
        "it ends within the header");
    Extensions extensions = Extensions.read(bytes, headerLength, 1 << clusterBits);
    return new Qcow2Header(
        version,
        backingFile(bytes, 1 << clusterBits),
        extensions.backingFormat,
        clusterBits,
        bytes.getLong(24),
        bytes.getInt(32),
        bytes.getInt(36),
        bytes.getLong(40),
        bytes.getLong(48),
        bytes.getInt(56),
        bytes.getInt(60),
        bytes.getLong(64),
        version == 2 ? 0 : bytes.getLong(72),
        extensions.dataFile,
        headerLength > V3_LENGTH ? Byte.toUnsignedInt(bytes.get(V3_LENGTH)) : 0);
  }

  private static boolean isV3HeaderLength(int length, int clusterBits) {
    return length >= V3_LENGTH && length % 8 == 0 && length <= (1 << clusterBits);
  }

  /** Returns the cluster size in bytes. */
  public long clusterSize() {
    return 1L << clusterBits;
  }

  /** Returns how many guest-visible bytes an entry of the L1 table stands for. */
  public long bytesPerL1Entry() {
    return clusterSize() / l2EntryLength() * clusterSize();
  }

  /** Returns how long an entry of an L2 table is, in bytes. */
  public int l2EntryLength() {
    return has(EXTENDED_L2) ? 2 * Long.BYTES : Long.BYTES;
  }

  /** Returns whether a feature bit is set that a reader must know. */
  public boolean has(long feature) {
    return (incompatibleFeatures & feature) != 0;
  }

  private static Optional<String> backingFile(ByteBuffer bytes, int clusterSize)
      throws Qcow2FormatException {
    long offset = bytes.getLong(8);
    int length = bytes.getInt(16);
    if (offset == 0) {
      return Optional.empty();
    }
    require(
        length > 0
            && length <= MAX_BACKING_NAME
            && offset > 0
            && offset <= Math.min(clusterSize, bytes.remaining()) - length,
        "its backing file name is not within the first cluster");
    return Optional.of(text(bytes, (int) offset, length));
  }

  private static String text(ByteBuffer bytes, int offset, int length) {
    byte[] text = new byte[length];
    bytes.get(offset, text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static void require(boolean holds, String otherwise) throws Qcow2FormatException {
    if (!holds) {
      throw new Qcow2FormatException(otherwise);
    }
  }

  /** What is told by the header extensions that matter here. */
  private record Extensions(Optional<String> backingFormat, boolean dataFile) {
    static Extensions read(ByteBuffer bytes, int headerLength, int clusterSize)
        throws Qcow2FormatException {
      long backing = bytes.getLong(8);
      int end = Math.min(clusterSize, bytes.remaining());
      if (backing > 0 && backing < end) {
        end = (int) backing;
      }
      int formatAt = 0;
      int formatLength = -1;
      boolean dataFile = false;
      int at = headerLength;
      while (at + 8 <= end && bytes.getInt(at) != 0) {
        int type = bytes.getInt(at);
        int length = bytes.getInt(at + 4);
        require(
            length >= 0 && length <= end - at - 8, "a header extension is longer than the header");
        if (type == EXTENSION_BACKING_FORMAT) {
          formatAt = at + 8;
          formatLength = length;
        }
        dataFile |= type == EXTENSION_DATA_FILE;
        at += 8 + (length + 7) / 8 * 8;
      }
      boolean unseen = end == MAX_LENGTH && clusterSize > MAX_LENGTH && at + 8 > end;
      require(!unseen, "its header extensions go on for more than is looked at");
      Optional<String> format =
          formatLength < 0 ? Optional.empty() : Optional.of(text(bytes, formatAt, formatLength));
      return new Extensions(format, dataFile);
    }
  }
}
