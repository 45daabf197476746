package io.diskwright.core.inspect;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.Deflater;

/**
 * A VMDK of 1 MiB: its header, its descriptor, the grain directories and tables, and two grains, in
 * the order that its subformat has.
 */
final class VmdkBytes extends ImageBytes<VmdkBytes> {
  static final int VERSION = 4;
  static final int FLAGS = 8;
  static final int CAPACITY = 12;
  static final int GRAIN_SIZE = 20;
  static final int DESCRIPTOR_OFFSET = 28;
  static final int DESCRIPTOR_SIZE = 36;
  static final int ENTRIES_PER_TABLE = 44;
  static final int REDUNDANT_DIRECTORY = 48;
  static final int DIRECTORY = 56;
  static final int OVERHEAD = 64;
  static final int NEWLINES = 73;
  static final int COMPRESSION = 77;

  static final int SECTOR = 512;
  static final int DESCRIPTOR = SECTOR;
  static final int DESCRIPTOR_LENGTH = 20 * SECTOR;
  static final int TABLE = 27 * SECTOR;
  static final int REDUNDANT_TABLE = 22 * SECTOR;
  static final long AT_END = -1;

  private static final int MIB_IN_SECTORS = 2048;
  private static final int FIRST_GRAIN = 128;

  private VmdkBytes(int sectors) {
    super(sectors * SECTOR, ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  VmdkBytes self() {
    return this;
  }

  static VmdkBytes monolithicSparse() {
    VmdkBytes image = new VmdkBytes(FIRST_GRAIN + 2 * 128);
    return image
        .header(0, 3, 0)
        .putLong(REDUNDANT_DIRECTORY, 21)
        .putLong(DIRECTORY, 26)
        .putInt(21 * SECTOR, 22)
        .putInt(26 * SECTOR, 27)
        .grain(0, FIRST_GRAIN)
        .grain(1, FIRST_GRAIN + 128)
        .descriptor(descriptorText("monolithicSparse"));
  }

  /** Two grains of a sector each, their table, the directory, and the footer. */
  static VmdkBytes streamOptimized() {
    VmdkBytes image = new VmdkBytes(FIRST_GRAIN + 12);
    image.header(0, 1 | 3 << 16, 1).putLong(DIRECTORY, AT_END);
    image.descriptor(descriptorText("streamOptimized"));
    for (int i = 0; i < 2; i++) {
      byte[] packed = packed(i + 1);
      int at = (FIRST_GRAIN + i) * SECTOR;
      image.putLong(at, 128L * i).putInt(at + 8, packed.length).put(at + 12, packed);
      image.putInt((FIRST_GRAIN + 3) * SECTOR + 4 * i, FIRST_GRAIN + i);
    }
    image.marker(FIRST_GRAIN + 2, 4, 1).marker(FIRST_GRAIN + 7, 1, 2);
    image.putInt((FIRST_GRAIN + 8) * SECTOR, FIRST_GRAIN + 3);
    image.marker(FIRST_GRAIN + 9, 1, 3);
    image.header(image.footer(), 1 | 3 << 16, 1);
    return image.putLong(image.footer() + DIRECTORY, FIRST_GRAIN + 8);
  }

  /** Returns where the footer is; behind it there is only the mark of the end. */
  int footer() {
    return length() - 2 * SECTOR;
  }

  VmdkBytes marker(int sector, long length, int type) {
    return putLong(sector * SECTOR, length).putInt(sector * SECTOR + 12, type);
  }

  private static byte[] packed(int value) {
    byte[] grain = new byte[128 * SECTOR];
    Arrays.fill(grain, (byte) value);
    Deflater deflater = new Deflater();
    deflater.setInput(grain);
    deflater.finish();
    byte[] packed = new byte[SECTOR - 12];
    int length = deflater.deflate(packed);
    deflater.end();
    return Arrays.copyOf(packed, length);
  }

  private VmdkBytes header(int at, int flags, int compression) {
    return put(at, "KDMV")
        .putInt(at + VERSION, 1)
        .putInt(at + FLAGS, flags)
        .putLong(at + CAPACITY, MIB_IN_SECTORS)
        .putLong(at + GRAIN_SIZE, 128)
        .putLong(at + DESCRIPTOR_OFFSET, 1)
        .putLong(at + DESCRIPTOR_SIZE, 20)
        .putInt(at + ENTRIES_PER_TABLE, 512)
        .putLong(at + OVERHEAD, FIRST_GRAIN)
        .put(at + NEWLINES, "\n \r\n")
        .putShort(at + COMPRESSION, compression);
  }

  /** Says where a grain is, in both tables. */
  VmdkBytes grain(int number, int sector) {
    return putInt(TABLE + 4 * number, sector).putInt(REDUNDANT_TABLE + 4 * number, sector);
  }

  /** Returns what programs write. */
  static String descriptorText(String createType) {
    return """
    # Disk DescriptorFile
    version=1
    CID=8e93a13f
    parentCID=ffffffff
    createType="%s"

    # Extent description
    RW 2048 SPARSE "image.vmdk"

    # The Disk Data Base
    #DDB

    ddb.virtualHWVersion = "4"
    ddb.geometry.cylinders = "2"
    ddb.adapterType = "ide"
    """
        .formatted(createType);
  }

  /** Writes another descriptor. */
  VmdkBytes descriptor(String text) {
    return zero(DESCRIPTOR, DESCRIPTOR_LENGTH).put(DESCRIPTOR, text);
  }
}
