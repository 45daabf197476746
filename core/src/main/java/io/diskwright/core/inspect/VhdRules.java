package io.diskwright.core.inspect;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a VHD must be like: by itself, with headers that agree and a table within the file. */
final class VhdRules extends FormatRules {
  private static final int VERSION = 0x00010000;
  private static final int HEADER_LENGTH = 1024;
  private static final String HEADER_COOKIE = "cxsparse";
  private static final int HEADER_CHECKSUM = 36;
  private static final long LARGEST = 2040L << 30;
  private static final int MOST_ENTRIES = 8 << 20;
  private static final int SECTOR = 512;
  private static final long UNUSED = 0xffffffffL;

  private final Findings findings;
  private @Nullable VhdFooter copy;
  private long tableOffset;
  private int entries;
  private long blockSize;

  VhdRules(Findings findings) {
    this.findings = findings;
  }

  @Override
  void head(ByteBuffer head) {
    Optional<VhdFooter> found = VhdFooter.read(head);
    if (found.isEmpty()) {
      findings.refuse("it is a damaged or hostile vhd: the checksum of its footer is wrong");
      return;
    }
    copy = found.get();
    checkFooter(copy, findings);
    findings.require(!copy.isFixed(), "it is a fixed vhd with a footer at its start");
    if (copy.isDynamic()) {
      findings.feature("dynamic");
      findings.virtualSize(copy.virtualSize());
      checkHeader(copy, head);
    }
  }

  private static void checkFooter(VhdFooter footer, Findings findings) {
    findings.require(
        footer.version() == VERSION, "its version is 0x%x".formatted(footer.version()));
    findings.require(
        !footer.isDifferencing(), "it has a parent, which could be any file of this host");
    findings.require(
        footer.isFixed() || footer.isDynamic() || footer.isDifferencing(),
        "its disk type is %d".formatted(footer.type()));
    findings.feature(footer.isSizeAsWritten() ? Verdict.SIZE_AS_WRITTEN : "size by geometry");
    findings.require(
        footer.currentSize() > 0
            && footer.currentSize() <= LARGEST
            && footer.virtualSize() > 0
            && footer.virtualSize() <= LARGEST,
        "its virtual size is %d, its geometry %d/%d/%d"
            .formatted(footer.currentSize(), footer.cylinders(), footer.heads(), footer.sectors()));
  }

  /** A fixed VHD is the guest's bytes and the footer. */
  static void checkFixed(VhdFooter footer, long fileSize, Findings findings) {
    checkFooter(footer, findings);
    findings.virtualSize(footer.virtualSize());
    findings.require(
        footer.virtualSize() <= fileSize - VhdFooter.LENGTH,
        "it is truncated or damaged: its virtual size is larger than its file");
    requireSectors(fileSize, findings);
  }

  /** Where the footer is must not depend on how a reader rounds. */
  private static void requireSectors(long fileSize, Findings findings) {
    findings.require(
        fileSize % SECTOR == 0, "it is truncated or damaged: its footer is not in whole sectors");
  }

  @Override
  boolean endsAsVhd() {
    return true;
  }

  private void checkHeader(VhdFooter footer, ByteBuffer head) {
    long offset = footer.dataOffset();
    if (!findings.require(
        offset >= VhdFooter.LENGTH && offset <= head.limit() - HEADER_LENGTH,
        "its header is not where a vhd has it, but at %d".formatted(offset))) {
      return;
    }
    ByteBuffer header = head.slice((int) offset, HEADER_LENGTH).order(ByteOrder.BIG_ENDIAN);
    boolean valid =
        StandardCharsets.ISO_8859_1.decode(header.slice(0, 8)).toString().equals(HEADER_COOKIE)
            && VhdFooter.checksum(header, HEADER_LENGTH, HEADER_CHECKSUM)
                == header.getInt(HEADER_CHECKSUM);
    if (!findings.require(valid, "it is a damaged or hostile vhd: its header is none")) {
      return;
    }
    tableOffset = header.getLong(16);
    entries = header.getInt(28);
    blockSize = Integer.toUnsignedLong(header.getInt(32));
    boolean geometry =
        blockSize >= SECTOR
            && Long.bitCount(blockSize) == 1
            && blockSize <= 1L << 30
            && entries > 0
            && entries <= MOST_ENTRIES
            && entries * blockSize >= footer.virtualSize();
    findings.require(
        geometry,
        "its table of %d blocks of %d bytes does not fit its virtual size"
            .formatted(Integer.toUnsignedLong(entries), blockSize));
    findings.requireWithin("its block table", tableOffset, 4L * Math.max(0, entries));
    findings.require(
        tableOffset >= VhdFooter.LENGTH && tableOffset % SECTOR == 0,
        "its block table is at %d".formatted(tableOffset));
  }

  @Override
  void end(long size, ByteBuffer tail) {
    if (copy == null || findings.refused()) {
      return;
    }
    Optional<VhdFooter> footer = VhdFooter.find(tail);
    findings.require(
        footer.isPresent() && footer.get().equals(copy),
        "it is truncated or damaged: its footer is not the copy at its start");
    requireSectors(size, findings);
  }

  @Override
  void followTables(Content data, Call call) throws DiskException {
    long bitmap = (blockSize / SECTOR / 8 + SECTOR - 1) / SECTOR * SECTOR;
    boolean unused =
        new BlockTable(new Tables(data, call), findings, bitmap + blockSize, blockSize)
            .follow(
                tableOffset,
                entries,
                Integer.BYTES,
                ByteOrder.BIG_ENDIAN,
                (table, at) -> {
                  long sector = Integer.toUnsignedLong(table.getInt(at));
                  return sector == UNUSED ? BlockTable.NONE : sector * SECTOR;
                });
  }
}
