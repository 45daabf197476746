package io.diskwright.core.inspect;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a VMDK of one sparse file must be like: monolithicSparse or streamOptimized, its descriptor
 * where it always is, and naming nothing but itself.
 */
final class VmdkRules extends FormatRules {
  private static final long SECTOR = 512;
  private static final int MOST_DESCRIPTOR_SECTORS = 127;
  private static final int MOST_ENTRIES = 512;
  private static final long LARGEST_GRAIN = 1 << 16;
  private static final long MOST_TABLES = 1 << 20;
  private static final int FOOTER_TYPE = 3;
  private static final int MAGIC = 0x564d444b;
  private static final long ZERO_GRAIN = 1;

  private final Findings findings;
  private @Nullable VmdkHeader header;
  private boolean atEnd;

  VmdkRules(Findings findings) {
    this.findings = findings;
  }

  @Override
  void head(ByteBuffer head) {
    if (!findings.require(head.limit() >= VmdkHeader.LENGTH, "it ends within its header")) {
      return;
    }
    VmdkHeader read = VmdkHeader.read(head);
    header = read;
    atEnd = read.directory() == VmdkHeader.AT_END;
    findings.require(
        read.version() >= 1 && read.version() <= 3, "its version is %d".formatted(read.version()));
    findings.require(read.hasNewlines(), "it was damaged by a transfer as text");
    checkGeometry(read);
    checkDescriptor(read, head);
    findings.require(
        read.compression() == (read.has(VmdkHeader.COMPRESSED) ? 1 : 0),
        "its compression is of kind %d".formatted(read.compression()));
    if (findings.require(
        read.overhead() >= 0 && read.overhead() < Long.MAX_VALUE / SECTOR,
        "its first grain is at %d".formatted(read.overhead()))) {
      findings.requireWithin("all before its first grain", 0, read.overhead() * SECTOR);
    }
    if (!atEnd) {
      checkDirectories(read);
    }
  }

  private void checkGeometry(VmdkHeader of) {
    boolean sizes =
        of.capacity() > 0
            && of.capacity() <= Long.MAX_VALUE / SECTOR
            && of.grainSize() >= 8
            && of.grainSize() <= LARGEST_GRAIN
            && Long.bitCount(of.grainSize()) == 1
            && of.entriesPerTable() > 0
            && of.entriesPerTable() <= MOST_ENTRIES;
    if (findings.require(
        sizes,
        "its geometry is absurd: %d sectors in grains of %d, %d to a table"
            .formatted(of.capacity(), of.grainSize(), of.entriesPerTable()))) {
      findings.virtualSize(of.capacity() * SECTOR);
      findings.require(tables(of) <= MOST_TABLES, "its grain directory is too large");
    }
  }

  private static long tables(VmdkHeader of) {
    long perTable = of.entriesPerTable() * of.grainSize();
    return (of.capacity() - 1) / perTable + 1;
  }

  private void checkDescriptor(VmdkHeader of, ByteBuffer head) {
    long offset = of.descriptorOffset();
    long size = of.descriptorSize();
    boolean there =
        offset == 1
            && size > 0
            && size <= MOST_DESCRIPTOR_SECTORS
            && (1 + size) * SECTOR <= head.limit();
    if (!findings.require(
        there,
        offset == 0
            ? "it has no descriptor, so that it is one file of several"
            : "its descriptor is not where a vmdk has it: %d sectors at %d"
                .formatted(size, offset))) {
      return;
    }
    byte[] text = new byte[(int) (size * SECTOR)];
    head.get((int) SECTOR, text);
    VmdkDescriptor descriptor = VmdkDescriptor.read(text);
    String subformat = descriptor.createType();
    findings.feature("subformat " + subformat.replaceAll("[^A-Za-z0-9]", "?"));
    findings.require(
        subformat.equals(of.has(VmdkHeader.COMPRESSED) ? "streamOptimized" : "monolithicSparse"),
        "its subformat %s is not accepted, or not what its header says"
            .formatted(Shown.of(subformat)));
    descriptor.problems(of.capacity()).forEach(findings::refuse);
  }

  /** Reads go by the directory; the redundant one must be there, too. */
  private void checkDirectories(VmdkHeader of) {
    checkDirectory(of, of.directory());
    if (of.has(VmdkHeader.REDUNDANT_TABLES)) {
      checkDirectory(of, of.redundantDirectory());
    }
  }

  private void checkDirectory(VmdkHeader of, long offset) {
    if (findings.require(
            offset > 0 && offset < Long.MAX_VALUE / SECTOR,
            "its grain directory is at %d".formatted(offset))
        && !findings.refused()) {
      findings.requireWithin("its grain directory", offset * SECTOR, Integer.BYTES * tables(of));
    }
  }

  @Override
  void end(long size, ByteBuffer tail) {
    if (!atEnd || header == null) {
      return;
    }
    if (!findings.require(
        tail.limit() == Inspection.TAIL && isFooter(tail, header),
        "it is truncated or damaged: its footer is not the copy of its header")) {
      return;
    }
    header = VmdkHeader.read(tail.slice((int) SECTOR, VmdkHeader.LENGTH));
    findings.require(
        size % SECTOR == 0, "it is truncated or damaged: its footer is not in whole sectors");
    checkDirectories(header);
  }

  /** A marker, the header again with the place of the grain directory, and the mark of the end. */
  private static boolean isFooter(ByteBuffer tail, VmdkHeader header) {
    ByteBuffer bytes = tail.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    int copy = (int) SECTOR;
    int end = 2 * copy;
    VmdkHeader again = VmdkHeader.read(tail.slice(copy, VmdkHeader.LENGTH));
    return bytes.getLong(0) == 1
        && bytes.getInt(8) == 0
        && bytes.getInt(12) == FOOTER_TYPE
        && bytes.getInt(copy) == MAGIC
        && again.directory() != VmdkHeader.AT_END
        && again.withDirectoryOf(header).equals(header)
        && bytes.getLong(end) == 0
        && bytes.getInt(end + 8) == 0
        && bytes.getInt(end + 12) == 0;
  }

  @Override
  void followTables(Content data, Call call) throws DiskException {
    VmdkHeader of = Objects.requireNonNull(header);
    Tables tables = new Tables(data, call);
    long grain = of.grainSize() * SECTOR;
    long stored = of.has(VmdkHeader.COMPRESSED) ? SECTOR : grain;
    BlockTable grains = new BlockTable(tables.inner(), findings, stored, grain);
    long tableBytes = (long) Integer.BYTES * of.entriesPerTable();
    long[] left = {data.size() / tableBytes}; // tables do not overlap
    boolean followed =
        tables.read(
            of.directory() * SECTOR,
            tables(of) * Integer.BYTES,
            piece -> {
              piece.order(ByteOrder.LITTLE_ENDIAN);
              for (int at = 0; at < piece.limit(); at += Integer.BYTES) {
                long table = Integer.toUnsignedLong(piece.getInt(at)) * SECTOR;
                if (table != 0
                    && (left[0]-- <= 0
                        || !isWithin(table, tableBytes, data.size())
                        || !followGrains(grains, table, of))) {
                  return false;
                }
              }
              return true;
            });
    findings.require(
        followed || findings.refused(), "it is damaged or hostile: its grain tables overlap");
  }

  private boolean isWithin(long table, long length, long size) {
    return findings.require(
        table <= size - length, "it is truncated or damaged: a grain table is not within the file");
  }

  private static boolean followGrains(BlockTable grains, long table, VmdkHeader of)
      throws DiskException {
    return grains.follow(
        table,
        of.entriesPerTable(),
        Integer.BYTES,
        ByteOrder.LITTLE_ENDIAN,
        (bytes, at) -> {
          long sector = Integer.toUnsignedLong(bytes.getInt(at));
          return sector == 0 || (sector == ZERO_GRAIN && of.has(VmdkHeader.ZERO_GRAINS))
              ? BlockTable.NONE
              : sector * SECTOR;
        });
  }
}
