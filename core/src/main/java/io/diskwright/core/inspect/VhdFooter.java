package io.diskwright.core.inspect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/**
 * The footer of a VHD, as Microsoft's Virtual Hard Disk Image Format Specification has it; read
 * from untrusted bytes.
 *
 * @param features flags; bit 1 is always set
 * @param version of the format
 * @param dataOffset where the header of a dynamic disk is
 * @param creator the program that made it
 * @param currentSize the size in bytes
 * @param cylinders of its geometry
 * @param heads of its geometry
 * @param sectors per track of its geometry
 * @param type 2 fixed, 3 dynamic, 4 differencing
 */
record VhdFooter(
    int features,
    int version,
    long dataOffset,
    String creator,
    long currentSize,
    int cylinders,
    int heads,
    int sectors,
    int type) {
  static final int LENGTH = 512;
  private static final String COOKIE = "conectix";
  private static final int CHECKSUM = 64;
  private static final int FIXED = 2;
  private static final int DYNAMIC = 3;
  private static final int DIFFERENCING = 4;
  private static final long SECTOR = 512;
  private static final long LARGEST_GEOMETRY = 65535L * 16 * 255;

  /** Programs that mean the size that they write, where others mean the geometry. QEMU's list. */
  private static final Set<String> BY_SIZE =
      Set.of("win ", "qem2", "d2v ", "CTXS", "tap\0", "wa\0\0");

  /** Returns whether a file's last bytes are a footer, good or damaged. */
  static boolean isAt(ByteBuffer tail) {
    return tail.limit() >= LENGTH && text(tail, tail.limit() - LENGTH, 8).equals(COOKIE);
  }

  /** Returns the footer that a file's last bytes are, empty when they are none. */
  static Optional<VhdFooter> find(ByteBuffer tail) {
    return tail.limit() < LENGTH
        ? Optional.empty()
        : read(tail.slice(tail.limit() - LENGTH, LENGTH));
  }

  /** Returns the footer that bytes are, empty when they are none or their checksum is wrong. */
  static Optional<VhdFooter> read(ByteBuffer source) {
    ByteBuffer bytes = source.slice().order(ByteOrder.BIG_ENDIAN);
    if (bytes.limit() < LENGTH || !text(bytes, 0, 8).equals(COOKIE) || !hasChecksum(bytes)) {
      return Optional.empty();
    }
    return Optional.of(
        new VhdFooter(
            bytes.getInt(8),
            bytes.getInt(12),
            bytes.getLong(16),
            text(bytes, 28, 4),
            bytes.getLong(48),
            Short.toUnsignedInt(bytes.getShort(56)),
            Byte.toUnsignedInt(bytes.get(58)),
            Byte.toUnsignedInt(bytes.get(59)),
            bytes.getInt(60)));
  }

  private static boolean hasChecksum(ByteBuffer bytes) {
    return checksum(bytes, LENGTH, CHECKSUM) == bytes.getInt(CHECKSUM);
  }

  /** The sum of all bytes but those of the checksum itself, inverted. */
  static int checksum(ByteBuffer bytes, int length, int skipped) {
    int sum = 0;
    for (int i = 0; i < length; i++) {
      if (i < skipped || i >= skipped + Integer.BYTES) {
        sum += Byte.toUnsignedInt(bytes.get(i));
      }
    }
    return ~sum;
  }

  private static String text(ByteBuffer bytes, int offset, int length) {
    byte[] text = new byte[length];
    bytes.get(offset, text);
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  boolean isFixed() {
    return type == FIXED;
  }

  boolean isDynamic() {
    return type == DYNAMIC;
  }

  boolean isDifferencing() {
    return type == DIFFERENCING;
  }

  /** Returns the guest-visible size in bytes, as the newest QEMU sees it. */
  long virtualSize() {
    return isSizeAsWritten() ? currentSize / SECTOR * SECTOR : geometry() * SECTOR;
  }

  /** Returns whether the size counts that is written, and not that of the geometry. */
  boolean isSizeAsWritten() {
    return BY_SIZE.contains(creator) || geometry() == LARGEST_GEOMETRY;
  }

  private long geometry() {
    return (long) cylinders * heads * sectors;
  }
}
