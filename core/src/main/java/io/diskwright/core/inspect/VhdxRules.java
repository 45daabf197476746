package io.diskwright.core.inspect;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * What a VHDX must be like, as Microsoft's MS-VHDX has it: closed in an orderly way, by itself,
 * with regions and metadata that are known.
 *
 * <p>Looks at its parts in their order: two headers, two region tables, the metadata table, and the
 * metadata.
 */
final class VhdxRules extends FormatRules {
  private static final int KIB = 1024;
  private static final long MIB = 1024L * KIB;
  private static final int HEADER_LENGTH = 4 * KIB;
  private static final int HEADER_SIGNATURE = 0x64616568; // head
  private static final int REGION_SIGNATURE = 0x69676572; // regi
  private static final long[] HEADERS = {64L * KIB, 128L * KIB};
  private static final long[] REGION_TABLES = {192L * KIB, 256L * KIB};
  private static final int TABLE_LENGTH = 64 * KIB;
  private static final int CHECKSUM = 4;
  private static final int MOST_ENTRIES = 2047;
  private static final int REGION_ENTRY = 32;
  private static final UUID BLOCK_TABLE = UUID.fromString("2dc27766-f623-4200-9d64-115e9bfd4a08");
  private static final UUID METADATA = UUID.fromString("8b7ca206-4790-4b9a-b8fe-575f050f886e");
  private static final long FULLY_PRESENT = 6;
  private static final long PARTLY_PRESENT = 7;
  private static final long STATE = 7;
  private static final int SECTORS_PER_BITMAP = 1 << 23;

  private final Findings findings;
  private final Headers headers = new Headers();
  private @Nullable Region table;
  private @Nullable Region metadataRegion;
  private @Nullable VhdxMetadata metadata;
  private int step;
  private @Nullable ByteBuffer regionTable;

  /** A region of the file. */
  private record Region(long offset, long length) {
    boolean isPlaced() {
      return offset >= MIB && offset % MIB == 0 && length % MIB == 0;
    }

    boolean overlaps(long otherOffset, long otherLength) {
      return offset < otherOffset + otherLength && otherOffset < offset + length;
    }
  }

  /** The two headers: the one with the higher sequence number is current. */
  private static final class Headers {
    private long sequence = -1;
    private boolean valid;
    private boolean logged;
    private boolean rivals;
    private Region log = new Region(0, 0);
    private int logVersion;
    private int version;

    void add(ByteBuffer header) {
      if (!isValid(header, HEADER_SIGNATURE, HEADER_LENGTH)) {
        return;
      }
      long number = header.getLong(8);
      rivals |= valid && number == sequence;
      if (!valid || Long.compareUnsigned(number, sequence) > 0) {
        sequence = number;
        logged = header.getLong(48) != 0 || header.getLong(56) != 0;
        logVersion = Short.toUnsignedInt(header.getShort(64));
        log = new Region(header.getLong(72), Integer.toUnsignedLong(header.getInt(68)));
        version = Short.toUnsignedInt(header.getShort(66));
      }
      valid = true;
    }
  }

  VhdxRules(Findings findings) {
    this.findings = findings;
  }

  @Override
  void head(ByteBuffer head) {}

  @Override
  @Nullable Part next() {
    if (findings.refused()) {
      return null;
    }
    return switch (step) {
      case 0, 1 -> new Part(HEADERS[step], HEADER_LENGTH);
      case 2, 3 -> new Part(REGION_TABLES[step - 2], TABLE_LENGTH);
      case 4 -> metadataRegion == null ? null : new Part(metadataRegion.offset, TABLE_LENGTH);
      case 5 -> metadata == null ? null : metadata.items();
      default -> null;
    };
  }

  @Override
  void part(ByteBuffer bytes) {
    ByteBuffer part = bytes.order(ByteOrder.LITTLE_ENDIAN);
    switch (step) {
      case 0, 1 -> headers.add(part);
      case 2 -> regions(part);
      case 3 -> findings.require(part.equals(regionTable), "its two region tables differ");
      case 4 -> metadata = VhdxMetadata.read(part, metadataRegion().offset, findings);
      default -> items(part);
    }
    step++;
    if (step == 2) {
      checkHeaders();
    }
  }

  private Region metadataRegion() {
    return Objects.requireNonNull(metadataRegion);
  }

  private void checkHeaders() {
    if (findings.require(
        headers.valid, "it is a damaged or hostile vhdx: it has no valid header")) {
      findings.require(!headers.rivals, "its two headers both claim to be the current one");
      findings.require(headers.version == 1, "its version is " + headers.version);
      findings.require(
          !headers.logged, "it was not closed in an orderly way: its log has still to be replayed");
      findings.require(
          headers.logVersion == 0 && headers.log.isPlaced(),
          "its log, of version %d, is at %d".formatted(headers.logVersion, headers.log.offset));
      findings.requireWithin("its log", headers.log.offset, headers.log.length);
    }
  }

  private static boolean isValid(ByteBuffer bytes, int signature, int length) {
    if (bytes.limit() < length || bytes.getInt(0) != signature) {
      return false;
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes.slice(0, CHECKSUM));
    crc.update(new byte[Integer.BYTES]);
    crc.update(bytes.slice(CHECKSUM + Integer.BYTES, length - CHECKSUM - Integer.BYTES));
    return (int) crc.getValue() == bytes.getInt(CHECKSUM);
  }

  /** Some readers go by the first region table, others by whichever is valid. */
  private void regions(ByteBuffer bytes) {
    regionTable = bytes;
    if (!findings.require(
        isValid(bytes, REGION_SIGNATURE, TABLE_LENGTH),
        "it is a damaged or hostile vhdx: it has no region table")) {
      return;
    }
    int count = bytes.getInt(8);
    if (!findings.require(
        count > 0 && count <= MOST_ENTRIES,
        "its region table has %d entries".formatted(Integer.toUnsignedLong(count)))) {
      return;
    }
    for (int i = 0; i < count && !findings.full(); i++) {
      region(bytes, 16 + i * REGION_ENTRY);
    }
    if (table == null || metadataRegion == null) {
      findings.refuse("it is a damaged or hostile vhdx: it has no block table, or no metadata");
    } else if (metadataRegion.overlaps(table.offset, table.length)
        || metadataRegion.overlaps(headers.log.offset, headers.log.length)
        || table.overlaps(headers.log.offset, headers.log.length)) {
      findings.refuse("its regions overlap");
    }
  }

  private void region(ByteBuffer bytes, int at) {
    UUID id = VhdxMetadata.guid(bytes, at);
    Region region =
        new Region(bytes.getLong(at + 16), Integer.toUnsignedLong(bytes.getInt(at + 24)));
    boolean required = (bytes.getInt(at + 28) & 1) != 0;
    if (!region.isPlaced()) {
      findings.refuse("a region of it is at %d".formatted(region.offset));
    }
    findings.requireWithin("a region", region.offset, region.length);
    if (id.equals(BLOCK_TABLE)) {
      findings.require(table == null, "it has two block tables");
      table = region;
    } else if (id.equals(METADATA)) {
      findings.require(metadataRegion == null, "it has two parts of metadata");
      metadataRegion = region;
    } else if (required) {
      findings.refuse("it has a required region that is not known (%s)".formatted(id));
    }
  }

  private void items(ByteBuffer bytes) {
    VhdxMetadata of = Objects.requireNonNull(metadata);
    of.readItems(bytes, findings);
    if (findings.refused()) {
      return;
    }
    findings.feature("block size " + of.blockSize());
    findings.virtualSize(of.virtualSize());
    long needed = tableEntries(of) * Long.BYTES;
    long length = Objects.requireNonNull(table).length;
    findings.require(
        needed <= length && length / 2 <= needed + 16 * MIB,
        "its block table does not fit its virtual size");
    findings.require(
        of.length() <= metadataRegion().length, "its metadata is not within its region");
  }

  private static long blocks(VhdxMetadata of) {
    return (of.virtualSize() - 1) / of.blockSize() + 1;
  }

  /** After so many blocks there is an entry for their bitmap, which only a child disk uses. */
  private static long blocksPerBitmap(VhdxMetadata of) {
    return (long) SECTORS_PER_BITMAP * of.sectorSize() / of.blockSize();
  }

  private static long tableEntries(VhdxMetadata of) {
    return blocks(of) + (blocks(of) - 1) / blocksPerBitmap(of);
  }

  @Override
  void end(long size, ByteBuffer tail) {
    findings.require(
        findings.refused() || findings.virtualSize().isPresent(),
        "it is truncated or damaged: it ends within its headers");
  }

  @Override
  void followTables(Content data, Call call) throws DiskException {
    VhdxMetadata of = Objects.requireNonNull(metadata);
    long perBitmap = blocksPerBitmap(of) + 1;
    long[] number = {0};
    boolean unused =
        new BlockTable(new Tables(data, call), findings, of.blockSize(), of.blockSize())
            .follow(
                Objects.requireNonNull(table).offset,
                tableEntries(of),
                Long.BYTES,
                ByteOrder.LITTLE_ENDIAN,
                (bytes, at) -> {
                  boolean bitmap = ++number[0] % perBitmap == 0;
                  return bitmap ? BlockTable.NONE : block(bytes.getLong(at), of.blockSize());
                });
  }

  private long block(long entry, long blockSize) {
    long state = entry & STATE;
    findings.require(
        state != PARTLY_PRESENT && state != 4 && state != 5,
        "a block of it is in a state that only a child disk has");
    if (state != FULLY_PRESENT) {
      return BlockTable.NONE;
    }
    long offset = entry & -MIB;
    findings.require(
        offset >= MIB
            && !Objects.requireNonNull(table).overlaps(offset, blockSize)
            && !metadataRegion().overlaps(offset, blockSize)
            && !headers.log.overlaps(offset, blockSize),
        "a block of it is where its headers and tables are");
    return offset;
  }
}
