package io.diskwright.core.inspect;

import io.diskwright.core.inspect.FormatRules.Part;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The metadata of a VHDX, as Microsoft's MS-VHDX 2.6 has it; read from untrusted bytes. */
final class VhdxMetadata {
  private static final long SIGNATURE = 0x617461646174656dL; // metadata
  private static final int MOST_ENTRIES = 2047;
  private static final int ENTRY = 32;
  private static final int FIRST_ITEM = 64 * 1024;
  private static final int LONGEST_ITEMS = 1024 * 1024;
  private static final long LARGEST = 64L << 40;
  private static final int REQUIRED = 1 << 2;
  private static final int HAS_PARENT = 1 << 1;
  private static final UUID FILE_PARAMETERS =
      UUID.fromString("caa16737-fa36-4d43-b3b6-33f0aa44e76b");
  private static final UUID VIRTUAL_SIZE = UUID.fromString("2fa54224-cd1b-4876-b211-5dbed83bf4b8");
  private static final UUID LOGICAL_SECTOR =
      UUID.fromString("8141bf1d-a96f-4709-ba47-f233a8faab5f");
  private static final UUID PHYSICAL_SECTOR =
      UUID.fromString("cda348c7-445d-4471-9cc9-e9885251c556");
  private static final UUID PAGE_83 = UUID.fromString("beca12ab-b2e6-4523-93ef-c309e000c746");
  private static final UUID PARENT_LOCATOR =
      UUID.fromString("a8d35f2d-b30b-454d-abf7-d3d84834ab0c");
  private static final Map<UUID, Integer> LENGTHS =
      Map.of(
          FILE_PARAMETERS, 8, VIRTUAL_SIZE, 8, LOGICAL_SECTOR, 4, PHYSICAL_SECTOR, 4, PAGE_83, 16);

  private final long region;
  private final Map<UUID, Integer> offsets = new HashMap<>();
  private long blockSize;
  private long virtualSize;
  private int sectorSize;

  private VhdxMetadata(long region) {
    this.region = region;
  }

  /**
   * Reads the table that says where the metadata is.
   *
   * @param bytes the table, little-endian
   * @param region where it is in the file
   */
  static VhdxMetadata read(ByteBuffer bytes, long region, Findings findings) {
    VhdxMetadata metadata = new VhdxMetadata(region);
    boolean table = bytes.limit() >= FIRST_ITEM && bytes.getLong(0) == SIGNATURE;
    int count = table ? Short.toUnsignedInt(bytes.getShort(10)) : 0;
    if (findings.require(
        count > 0 && count <= MOST_ENTRIES,
        "it is a damaged or hostile vhdx: its metadata table is none")) {
      for (int i = 1; i <= count && !findings.full(); i++) {
        metadata.entry(bytes, i * ENTRY, findings);
      }
      for (UUID required : LENGTHS.keySet()) {
        if (!metadata.offsets.containsKey(required)) {
          findings.refuse("it is a damaged or hostile vhdx: its metadata lacks " + required);
        }
      }
      findings.require(metadata.items() != null, "its metadata is spread too far");
    }
    return metadata;
  }

  private void entry(ByteBuffer table, int at, Findings findings) {
    UUID id = guid(table, at);
    int offset = table.getInt(at + 16);
    int length = table.getInt(at + 20);
    boolean required = (table.getInt(at + 24) & REQUIRED) != 0;
    @Nullable Integer known = LENGTHS.get(id);
    if (id.equals(PARENT_LOCATOR)) {
      findings.refuse("it has a parent, which could be any file of this host");
    } else if (known == null) {
      if (required) {
        findings.refuse("it has required metadata that is not known (%s)".formatted(id));
      }
    } else if (length != known || offset < FIRST_ITEM || offset > LONGEST_ITEMS - length) {
      findings.refuse("its metadata %s has %d bytes at %d".formatted(id, length, offset));
    } else if (offsets.put(id, offset) != null) {
      findings.refuse("its metadata has %s twice".formatted(id));
    }
  }

  /** Returns the part of the file that has the metadata; null when that is too far apart. */
  @Nullable Part items() {
    int first = first();
    return last() - first <= Part.LONGEST ? new Part(region + first, last() - first) : null;
  }

  /** Returns how long the region is that has all of it. */
  long length() {
    return last();
  }

  private int first() {
    return offsets.values().stream().mapToInt(Integer::intValue).min().orElse(FIRST_ITEM);
  }

  private int last() {
    return offsets.entrySet().stream()
        .mapToInt(item -> item.getValue() + LENGTHS.getOrDefault(item.getKey(), 0))
        .max()
        .orElse(FIRST_ITEM);
  }

  /** Reads the metadata from {@link #items}, little-endian. */
  void readItems(ByteBuffer bytes, Findings findings) {
    if (!findings.require(
        bytes.limit() == last() - first(),
        "it is truncated or damaged: its metadata is not whole")) {
      return;
    }
    blockSize = Integer.toUnsignedLong(bytes.getInt(at(FILE_PARAMETERS)));
    findings.require(
        (bytes.getInt(at(FILE_PARAMETERS) + 4) & HAS_PARENT) == 0,
        "it has a parent, which could be any file of this host");
    virtualSize = bytes.getLong(at(VIRTUAL_SIZE));
    sectorSize = bytes.getInt(at(LOGICAL_SECTOR));
    findings.require(
        blockSize >= 1 << 20
            && blockSize <= 256 << 20
            && Long.bitCount(blockSize) == 1
            && (sectorSize == 512 || sectorSize == 4096)
            && virtualSize > 0
            && virtualSize <= LARGEST
            && virtualSize % sectorSize == 0,
        "its geometry is absurd: %d bytes in blocks of %d, sectors of %d"
            .formatted(virtualSize, blockSize, sectorSize));
  }

  private int at(UUID id) {
    return offsets.getOrDefault(id, FIRST_ITEM) - first();
  }

  long blockSize() {
    return blockSize;
  }

  long virtualSize() {
    return virtualSize;
  }

  int sectorSize() {
    return sectorSize;
  }

  /** Returns a GUID as Microsoft writes it: its first three parts are little-endian. */
  static UUID guid(ByteBuffer little, int at) {
    long first =
        Integer.toUnsignedLong(little.getInt(at)) << 32
            | Short.toUnsignedLong(little.getShort(at + 4)) << 16
            | Short.toUnsignedLong(little.getShort(at + 6));
    return new UUID(first, Long.reverseBytes(little.getLong(at + 8)));
  }
}
