package io.diskwright.core.inspect;

import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.qcow2.Qcow2Entry;
import io.diskwright.toolkit.qcow2.Qcow2Header;
import java.nio.ByteBuffer;

/** The tables of a qcow2 whose header is good: they must lead to clusters within the file. */
final class Qcow2Tables {
  private static final long SECTOR = 512;

  /** What storage takes at once, for whatever part of it. */
  private static final long BLOCK = 4096;

  private final Tables tables;
  private final Tables l2Tables;
  private final Qcow2Header header;
  private final Findings findings;
  private long allocatedBytes;
  private long tablesLeft;
  private boolean plain;

  Qcow2Tables(Tables tables, Qcow2Header header, Findings findings) {
    this.tables = tables;
    this.l2Tables = tables.inner();
    this.header = header;
    this.findings = findings;
  }

  /**
   * Follows every entry of the active tables: QEMU reads what is behind the end of the file as
   * zeros, so that a truncated image would become a disk with holes.
   */
  void follow() throws DiskException {
    tablesLeft = tables.size() / header.clusterSize();
    plain = !header.has(Qcow2Header.EXTENDED_L2);
    if (tables.read(header.l1Offset(), 8L * header.l1Entries(), this::followL1)) {
      findings.allocatedBytes(allocatedBytes);
      if (plain) {
        findings.feature(Verdict.PLAIN_CLUSTERS);
      }
    }
  }

  private boolean followL1(ByteBuffer l1) throws DiskException {
    while (l1.hasRemaining()) {
      long offset = Qcow2Entry.place(l1.getLong());
      if (offset != 0 && !followL2(offset)) {
        return false;
      }
    }
    return true;
  }

  private boolean followL2(long offset) throws DiskException {
    long length = header.clusterSize();
    boolean there =
        findings.require(tablesLeft-- > 0, "it is damaged or hostile: its L2 tables overlap")
            && findings.require(
                offset >= length && offset % length == 0 && offset <= tables.size() - length,
                "it is truncated or damaged: an L2 table is not within the file");
    if (!there) {
      return false;
    }
    boolean good = l2Tables.read(offset, length, this::checkClusters);
    findings.require(
        good || findings.refused(), "it is truncated or damaged: a cluster is not within the file");
    return good;
  }

  /** All of a cluster that is read must be there: QEMU writes whole clusters and subclusters. */
  private boolean checkClusters(ByteBuffer l2) {
    int entryBytes = header.l2EntryLength();
    for (int at = 0; at < l2.limit(); at += entryBytes) {
      long entry = l2.getLong(at);
      boolean compressed = Qcow2Entry.compressed(entry);
      long parts = entryBytes == 16 ? l2.getLong(at + 8) : Qcow2Entry.zero(entry) ? 0 : 1;
      if (header.version() == 2 && !compressed && Qcow2Entry.zero(entry)) {
        findings.refuse("it has a zero cluster, which its version has not");
        return false;
      }
      boolean within = compressed ? isCompressedWithin(entry) : isWithin(entry, parts);
      if (!within) {
        return false;
      }
      plain &= !compressed;
      allocatedBytes += compressed ? inBlocks(1, header.clusterSize()) : allocated(entry, parts);
    }
    return true;
  }

  /** Returns how much storage a cluster takes as raw, at the most. */
  private long allocated(long entry, long parts) {
    if (Qcow2Entry.place(entry) == 0) {
      return 0;
    }
    return header.has(Qcow2Header.EXTENDED_L2)
        ? inBlocks(Integer.bitCount((int) parts), header.clusterSize() / 32)
        : inBlocks((int) parts, header.clusterSize());
  }

  /** Returns how much storage so many parts take that may be far from each other. */
  private static long inBlocks(int parts, long partSize) {
    return parts * Math.max(BLOCK, partSize);
  }

  /**
   * Returns whether a cluster is within the file, up to the last of its parts that is allocated.
   */
  private boolean isWithin(long entry, long parts) {
    long offset = Qcow2Entry.place(entry);
    long clusterSize = header.clusterSize();
    int allocated = (int) parts;
    long used =
        header.has(Qcow2Header.EXTENDED_L2)
            ? (32 - Integer.numberOfLeadingZeros(allocated)) * (clusterSize / 32)
            : allocated * clusterSize;
    return offset == 0 || (offset % clusterSize == 0 && offset <= tables.size() - used);
  }

  private boolean isCompressedWithin(long entry) {
    long offset = Qcow2Entry.compressedPlace(entry, header.clusterBits());
    long sectors = Qcow2Entry.compressedSectors(entry, header.clusterBits());
    return offset / SECTOR + sectors <= tables.size() / SECTOR;
  }
}
