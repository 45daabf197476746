package io.diskwright.core.inspect;

import java.nio.ByteOrder;
import java.util.UUID;
import java.util.zip.CRC32C;

/**
 * A VHDX of 4 MiB: its headers and region tables, the metadata at 1 MiB, the block table at 2 MiB,
 * two blocks of 1 MiB, at 3 and 4 MiB, and the log.
 */
final class VhdxBytes extends ImageBytes<VhdxBytes> {
  static final int KIB = 1024;
  static final int MIB = 1024 * KIB;
  static final int HEADER = 64 * KIB;
  static final int SECOND_HEADER = 128 * KIB;
  static final int REGIONS = 192 * KIB;
  static final int SECOND_REGIONS = 256 * KIB;
  static final int METADATA = MIB;
  static final int ITEMS = METADATA + 64 * KIB;
  static final int TABLE = 2 * MIB;

  static final int SEQUENCE = 8;
  static final int LOG_ID = 48;
  static final int LOG_VERSION = 64;
  static final int VERSION = 66;
  static final int LOG_LENGTH = 68;
  static final int LOG_OFFSET = 72;

  static final String BLOCK_TABLE_REGION = "2dc27766-f623-4200-9d64-115e9bfd4a08";
  static final String METADATA_REGION = "8b7ca206-4790-4b9a-b8fe-575f050f886e";
  static final String PARENT_LOCATOR = "a8d35f2d-b30b-454d-abf7-d3d84834ab0c";
  static final String FILE_PARAMETERS = "caa16737-fa36-4d43-b3b6-33f0aa44e76b";
  static final String UNKNOWN = "01234567-89ab-cdef-0123-456789abcdef";

  private static final int REGION_ENTRY = 32;
  private static final int REQUIRED = 1 << 2;

  private VhdxBytes() {
    super(6 * MIB, ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  VhdxBytes self() {
    return this;
  }

  static VhdxBytes valid() {
    return new VhdxBytes()
        .put(0, "vhdxfile")
        .header(HEADER, 7)
        .header(SECOND_HEADER, 8)
        .put(REGIONS, "regi")
        .region(0, BLOCK_TABLE_REGION, TABLE, MIB, true)
        .region(1, METADATA_REGION, METADATA, MIB, true)
        .put(METADATA, "metadata")
        .item(0, FILE_PARAMETERS, 0, 8)
        .item(1, "2fa54224-cd1b-4876-b211-5dbed83bf4b8", 8, 8)
        .item(2, "8141bf1d-a96f-4709-ba47-f233a8faab5f", 16, 4)
        .item(3, "cda348c7-445d-4471-9cc9-e9885251c556", 20, 4)
        .item(4, "beca12ab-b2e6-4523-93ef-c309e000c746", 24, 16)
        .blockSize(MIB)
        .virtualSize(4 * MIB)
        .putInt(ITEMS + 16, 512)
        .putInt(ITEMS + 20, 4096)
        .block(0, 3L * MIB | 6)
        .block(2, 4L * MIB | 6)
        .sealed();
  }

  private VhdxBytes header(int at, long sequence) {
    return put(at, "head")
        .putLong(at + SEQUENCE, sequence)
        .putShort(at + VERSION, 1)
        .putInt(at + LOG_LENGTH, MIB)
        .putLong(at + LOG_OFFSET, 5 * MIB);
  }

  VhdxBytes region(int number, String id, long offset, int length, boolean required) {
    int at = REGIONS + 16 + number * REGION_ENTRY;
    putInt(REGIONS + 8, Math.max(getInt(REGIONS + 8), number + 1));
    return guid(at, id)
        .putLong(at + 16, offset)
        .putInt(at + 24, length)
        .putInt(at + 28, required ? 1 : 0);
  }

  /** Adds an entry of the metadata table; its item is at an offset behind the table. */
  VhdxBytes item(int number, String id, int offset, int length) {
    return item(number, id, offset, length, REQUIRED);
  }

  VhdxBytes item(int number, String id, int offset, int length, int flags) {
    int at = METADATA + 32 + number * 32;
    int count = Math.max(getInt(METADATA + 8) >>> 16, number + 1);
    return putShort(METADATA + 10, count)
        .guid(at, id)
        .putInt(at + 16, 64 * KIB + offset)
        .putInt(at + 20, length)
        .putInt(at + 24, flags);
  }

  private VhdxBytes guid(int at, String id) {
    UUID uuid = UUID.fromString(id);
    long first = uuid.getMostSignificantBits();
    return putInt(at, (int) (first >>> 32))
        .putShort(at + 4, (int) (first >>> 16))
        .putShort(at + 6, (int) first)
        .putLong(at + 8, Long.reverseBytes(uuid.getLeastSignificantBits()));
  }

  VhdxBytes blockSize(long bytes) {
    return putInt(ITEMS, (int) bytes);
  }

  VhdxBytes virtualSize(long bytes) {
    return putLong(ITEMS + 8, bytes);
  }

  /** Writes an entry of the block table: where a block is, and its state. */
  VhdxBytes block(int number, long entry) {
    return putLong(TABLE + 8 * number, entry);
  }

  /** Computes all checksums again, and writes the second region table as a copy of the first. */
  VhdxBytes sealed() {
    checksum(HEADER, 4 * KIB);
    checksum(SECOND_HEADER, 4 * KIB);
    checksum(REGIONS, 64 * KIB);
    return copy(REGIONS, SECOND_REGIONS, 64 * KIB);
  }

  private void checksum(int at, int length) {
    putInt(at + 4, 0);
    CRC32C crc = new CRC32C();
    crc.update(slice(at, length));
    putInt(at + 4, (int) crc.getValue());
  }
}
