package io.diskwright.core.inspect;

import java.nio.ByteOrder;

/** A VHD: dynamic, of 8 MiB with two blocks of 2 MiB, or fixed, of 1 MiB. */
final class VhdBytes extends ImageBytes<VhdBytes> {
  static final int FEATURES = 8;
  static final int VERSION = 12;
  static final int DATA_OFFSET = 16;
  static final int CREATOR = 28;
  static final int CURRENT_SIZE = 48;
  static final int CYLINDERS = 56;
  static final int HEADS = 58;
  static final int SECTORS = 59;
  static final int TYPE = 60;
  static final int CHECKSUM = 64;

  static final int HEADER = 512;
  static final int TABLE_OFFSET = HEADER + 16;
  static final int ENTRIES = HEADER + 28;
  static final int BLOCK_SIZE = HEADER + 32;
  static final int HEADER_CHECKSUM = HEADER + 36;

  static final int TABLE = 1536;
  static final int BLOCKS = 2048;
  static final int BITMAP = 512;
  static final int MIB = 1 << 20;
  static final int FOOTER = 512;

  private VhdBytes(int length) {
    super(length, ByteOrder.BIG_ENDIAN);
  }

  @Override
  VhdBytes self() {
    return this;
  }

  static VhdBytes dynamic() {
    return new VhdBytes(BLOCKS + 2 * (BITMAP + 2 * MIB) + FOOTER)
        .footer(0, 3, 8 * MIB)
        .putLong(DATA_OFFSET, HEADER)
        .put(HEADER, "cxsparse")
        .putLong(HEADER + 8, -1)
        .putLong(TABLE_OFFSET, TABLE)
        .putInt(HEADER + 24, 0x10000)
        .putInt(ENTRIES, 4)
        .putInt(BLOCK_SIZE, 2 * MIB)
        .putLong(TABLE, -1)
        .putLong(TABLE + 8, -1)
        .block(0, BLOCKS)
        .block(2, BLOCKS + BITMAP + 2 * MIB)
        .sealed();
  }

  /** The bytes of a disk, an MBR first, and the footer. */
  static VhdBytes fixed() {
    VhdBytes image = new VhdBytes(MIB + FOOTER);
    return image
        .put(510, 0x55, 0xaa)
        .footer(image.footerAt(), 2, MIB)
        .putLong(image.footerAt() + DATA_OFFSET, -1)
        .sealedFooter();
  }

  private VhdBytes footer(int at, int type, long size) {
    return put(at, "conectix")
        .putInt(at + FEATURES, 2)
        .putInt(at + VERSION, 0x10000)
        .put(at + CREATOR, "win ")
        .putLong(at + 40, size)
        .putLong(at + CURRENT_SIZE, size)
        .putShort(at + CYLINDERS, 65535)
        .put(at + HEADS, 16, 255)
        .putInt(at + TYPE, type);
  }

  /** Returns where the footer is. */
  int footerAt() {
    return length() - FOOTER;
  }

  /** Says where a block is, its bitmap first. */
  VhdBytes block(int number, int place) {
    return putInt(TABLE + 4 * number, place / 512);
  }

  /**
   * Computes the checksums of a dynamic one again, and writes its footer as a copy of its start.
   */
  VhdBytes sealed() {
    checksum(0, FOOTER, CHECKSUM);
    checksum(HEADER, 1024, HEADER_CHECKSUM);
    return copy(0, footerAt(), FOOTER);
  }

  /** Computes the checksum of the footer again. */
  VhdBytes sealedFooter() {
    return checksum(footerAt(), FOOTER, footerAt() + CHECKSUM);
  }

  private VhdBytes checksum(int at, int length, int place) {
    putInt(place, 0);
    int sum = 0;
    for (int i = 0; i < length; i++) {
      sum += Byte.toUnsignedInt(slice(at + i, 1).get(0));
    }
    return putInt(place, ~sum);
  }
}
