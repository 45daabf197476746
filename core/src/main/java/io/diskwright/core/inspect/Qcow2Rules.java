package io.diskwright.core.inspect;

import io.diskwright.core.inspect.ImageInspector.Findings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.toolkit.qcow2.Qcow2FormatException;
import io.diskwright.toolkit.qcow2.Qcow2Header;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What a qcow2 image must be like to be accepted: nothing outside its own bytes, no feature that is
 * not understood, and tables that point into the file.
 */
final class Qcow2Rules {
  private static final long KNOWN_FEATURES =
      Qcow2Header.DIRTY
          | Qcow2Header.CORRUPT
          | Qcow2Header.EXTERNAL_DATA
          | Qcow2Header.COMPRESSION_TYPE
          | Qcow2Header.EXTENDED_L2;
  private static final long MAX_L1_BYTES = 32L * 1024 * 1024;
  private static final long MAX_REFCOUNT_TABLE_BYTES = 8L * 1024 * 1024;
  private static final long OFFSET_MASK = 0x00fffffffffffe00L;
  private static final long COMPRESSED = 1L << 62;
  private static final long ZERO = 1;
  private static final long SECTOR = 512;

  /** What storage takes at once, for whatever part of it. */
  private static final long BLOCK = 4096;

  private final Content data;
  private final ByteBuffer start;
  private final Findings findings;
  private long allocatedBytes;

  Qcow2Rules(Content data, ByteBuffer start, Findings findings) {
    this.data = data;
    this.start = start;
    this.findings = findings;
  }

  void check() throws DiskException {
    Qcow2Header header;
    try {
      header = Qcow2Header.read(start);
    } catch (Qcow2FormatException e) {
      findings.refuse("it is a damaged or hostile qcow2: " + e.getMessage());
      return;
    }
    describe(header);
    checkFeatures(header);
    if (checkGeometry(header)) {
      checkTables(header);
    }
  }

  private void describe(Qcow2Header header) {
    findings.feature("version " + header.version());
    findings.feature("cluster size " + header.clusterSize());
    if (header.has(Qcow2Header.EXTENDED_L2)) {
      findings.feature("extended L2 entries");
    }
    if (header.has(Qcow2Header.COMPRESSION_TYPE)) {
      findings.feature("compression type other than zlib");
    }
    if (header.snapshotCount() != 0) {
      findings.feature("internal snapshots");
    }
  }

  private void checkFeatures(Qcow2Header header) {
    if (header.backingFile().isPresent()) {
      findings.refuse("it has a backing file, which could be any file of this host");
    }
    if (header.has(Qcow2Header.EXTERNAL_DATA) || header.externalDataFile()) {
      findings.refuse("it has an external data file, which could be any file of this host");
    }
    long unknown = header.incompatibleFeatures() & ~KNOWN_FEATURES;
    if (unknown != 0) {
      findings.refuse("it has unknown incompatible features (0x%x)".formatted(unknown));
    }
    if (header.has(Qcow2Header.CORRUPT)) {
      findings.refuse("it is marked as corrupt");
    }
    if (header.cryptMethod() != 0) {
      findings.refuse("it is encrypted");
    }
  }

  private boolean checkGeometry(Qcow2Header header) {
    long clusterSize = header.clusterSize();
    if (header.virtualSize() <= 0 || header.virtualSize() > Long.MAX_VALUE - clusterSize) {
      findings.refuse("its virtual size is %d".formatted(header.virtualSize()));
      return false;
    }
    findings.virtualSize(header.virtualSize());
    long l1Bytes = 8L * Integer.toUnsignedLong(header.l1Entries());
    long perEntry = clusterSize / entryBytes(header) * clusterSize;
    boolean covers = header.l1Entries() > 0 && (header.virtualSize() - 1) / perEntry < l1Bytes / 8;
    if (l1Bytes > MAX_L1_BYTES || !covers) {
      findings.refuse("its L1 table does not fit its virtual size");
      return false;
    }
    long tableBytes = Integer.toUnsignedLong(header.refcountTableClusters()) * clusterSize;
    boolean tables =
        isTable(header.l1Offset(), l1Bytes, clusterSize)
            && tableBytes > 0
            && tableBytes <= MAX_REFCOUNT_TABLE_BYTES
            && isTable(header.refcountTableOffset(), tableBytes, clusterSize)
            && (header.snapshotCount() == 0 || isTable(header.snapshotsOffset(), 1, clusterSize));
    if (!tables) {
      findings.refuse("it is truncated or damaged: a table is not within the file");
    }
    return tables;
  }

  private boolean isTable(long offset, long bytes, long clusterSize) {
    return offset >= clusterSize && offset % clusterSize == 0 && offset <= data.size() - bytes;
  }

  /**
   * Follows every entry of the active tables: QEMU reads what is behind the end of the file as
   * zeros, so that a truncated image would become a disk with holes.
   */
  private void checkTables(Qcow2Header header) throws DiskException {
    long tablesLeft = data.size() / header.clusterSize();
    ByteBuffer l1 = read(header.l1Offset(), 8 * header.l1Entries());
    while (l1.hasRemaining()) {
      long offset = l1.getLong() & OFFSET_MASK;
      if (offset == 0) {
        continue;
      }
      if (tablesLeft == 0) {
        findings.refuse("it is damaged or hostile: its L2 tables overlap");
        return;
      }
      tablesLeft--;
      if (!isTable(offset, header.clusterSize(), header.clusterSize())) {
        findings.refuse("it is truncated or damaged: an L2 table is not within the file");
        return;
      }
      if (!checkClusters(read(offset, (int) header.clusterSize()), header)) {
        findings.refuse("it is truncated or damaged: a cluster is not within the file");
        return;
      }
    }
    findings.allocatedBytes(allocatedBytes);
  }

  /** All of a cluster that is read must be there: QEMU writes whole clusters and subclusters. */
  private boolean checkClusters(ByteBuffer l2, Qcow2Header header) {
    int entryBytes = entryBytes(header);
    for (int at = 0; at < l2.limit(); at += entryBytes) {
      long entry = l2.getLong(at);
      boolean compressed = (entry & COMPRESSED) != 0;
      long parts = entryBytes == 16 ? l2.getLong(at + 8) : ~entry & ZERO;
      boolean within =
          compressed ? isCompressedWithin(entry, header) : isWithin(entry, header, parts);
      if (!within) {
        return false;
      }
      allocatedBytes +=
          compressed ? inBlocks(1, header.clusterSize()) : allocated(entry, header, parts);
    }
    return true;
  }

  /** Returns how much storage a cluster takes as raw, at the most. */
  private static long allocated(long entry, Qcow2Header header, long parts) {
    if ((entry & OFFSET_MASK) == 0) {
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
  private boolean isWithin(long entry, Qcow2Header header, long parts) {
    long offset = entry & OFFSET_MASK;
    long clusterSize = header.clusterSize();
    int allocated = (int) parts;
    long used =
        header.has(Qcow2Header.EXTENDED_L2)
            ? (32 - Integer.numberOfLeadingZeros(allocated)) * (clusterSize / 32)
            : allocated * clusterSize;
    return offset == 0 || (offset % clusterSize == 0 && offset <= data.size() - used);
  }

  private boolean isCompressedWithin(long entry, Qcow2Header header) {
    int sectorsAt = 62 - (header.clusterBits() - 8);
    long offset = entry & ((1L << sectorsAt) - 1);
    long sectors = 1 + ((entry & (COMPRESSED - 1)) >>> sectorsAt);
    return offset / SECTOR + sectors <= data.size() / SECTOR;
  }

  private ByteBuffer read(long offset, int length) throws DiskException {
    ByteBuffer table = ByteBuffer.allocate(length).order(ByteOrder.BIG_ENDIAN);
    if (data.read(offset, table) < length) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "inspect image")
          .said("it became shorter while it was being inspected")
          .remedy("wait until nobody writes the image any more, and try again")
          .build();
    }
    return table.flip();
  }

  private static int entryBytes(Qcow2Header header) {
    return header.has(Qcow2Header.EXTENDED_L2) ? 16 : 8;
  }
}
