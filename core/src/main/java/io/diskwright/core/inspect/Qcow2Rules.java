package io.diskwright.core.inspect;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.toolkit.qcow2.Qcow2FormatException;
import io.diskwright.toolkit.qcow2.Qcow2Header;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a qcow2 image must be like to be accepted: nothing outside its own bytes, no feature that is
 * not understood, and tables that point into the file.
 */
final class Qcow2Rules extends FormatRules {
  private static final long KNOWN_FEATURES =
      Qcow2Header.DIRTY
          | Qcow2Header.CORRUPT
          | Qcow2Header.EXTERNAL_DATA
          | Qcow2Header.COMPRESSION_TYPE
          | Qcow2Header.EXTENDED_L2;
  private static final long MAX_L1_BYTES = 32L * 1024 * 1024;
  private static final long MAX_REFCOUNT_TABLE_BYTES = 8L * 1024 * 1024;
  private static final int MAX_SNAPSHOTS = 65536;
  private static final int ZSTD = 1;
  private static final int SECTOR = 512;

  private final Findings findings;
  private @Nullable Qcow2Header header;

  Qcow2Rules(Findings findings) {
    this.findings = findings;
  }

  @Override
  void head(ByteBuffer head) {
    try {
      Qcow2Header read = Qcow2Header.read(head);
      header = read;
      describe(read);
      checkFeatures(read);
      checkGeometry(read);
    } catch (Qcow2FormatException e) {
      findings.refuse("it is a damaged or hostile qcow2: " + e.getMessage());
    }
  }

  @Override
  void followTables(Content data, Call call) throws DiskException {
    new Qcow2Tables(new Tables(data, call), Objects.requireNonNull(header), findings).follow();
  }

  private void describe(Qcow2Header header) {
    findings.feature("version " + header.version());
    findings.feature("cluster size " + header.clusterSize());
    if (header.has(Qcow2Header.EXTENDED_L2)) {
      findings.feature("extended L2 entries");
    }
    if (header.has(Qcow2Header.COMPRESSION_TYPE)) {
      findings.feature(header.compressionType() == ZSTD ? "zstd" : "zlib");
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
    findings.require(
        header.compressionType() == (header.has(Qcow2Header.COMPRESSION_TYPE) ? ZSTD : 0),
        "its compression type is %d".formatted(header.compressionType()));
    if (header.has(Qcow2Header.CORRUPT)) {
      findings.refuse("it is marked as corrupt");
    }
    if (header.cryptMethod() != 0) {
      findings.refuse("it is encrypted");
    }
  }

  private void checkGeometry(Qcow2Header header) {
    long clusterSize = header.clusterSize();
    if (!findings.require(
        header.virtualSize() > 0 && header.virtualSize() <= Long.MAX_VALUE - clusterSize,
        "its virtual size is %d".formatted(header.virtualSize()))) {
      return;
    }
    findings.virtualSize(header.virtualSize());
    findings.require(
        header.virtualSize() % SECTOR == 0,
        "its virtual size is %d, and readers differ in what a part of a sector is"
            .formatted(header.virtualSize()));
    long l1Bytes = 8L * Integer.toUnsignedLong(header.l1Entries());
    boolean l1 =
        findings.require(
            l1Bytes <= MAX_L1_BYTES
                && header.l1Entries() > 0
                && (header.virtualSize() - 1) / header.bytesPerL1Entry() < l1Bytes / 8,
            "its L1 table does not fit its virtual size");
    if (l1) {
      requireTable("its L1 table", header.l1Offset(), l1Bytes, clusterSize);
    }
    long refcountBytes = Integer.toUnsignedLong(header.refcountTableClusters()) * clusterSize;
    if (findings.require(
        refcountBytes > 0 && refcountBytes <= MAX_REFCOUNT_TABLE_BYTES,
        "its refcount table has %d bytes".formatted(refcountBytes))) {
      requireTable("its refcount table", header.refcountTableOffset(), refcountBytes, clusterSize);
    }
    if (findings.require(
            header.snapshotCount() >= 0 && header.snapshotCount() <= MAX_SNAPSHOTS,
            "it has %d internal snapshots"
                .formatted(Integer.toUnsignedLong(header.snapshotCount())))
        && header.snapshotCount() > 0) {
      requireTable("its snapshot table", header.snapshotsOffset(), 1, clusterSize);
    }
    findings.require(
        header.snapshotCount() != 0
            || (header.snapshotsOffset() >= 0 && header.snapshotsOffset() % clusterSize == 0),
        "its snapshot table is at %d".formatted(header.snapshotsOffset()));
  }

  private void requireTable(String what, long offset, long bytes, long clusterSize) {
    if (findings.require(
        offset >= clusterSize && offset % clusterSize == 0,
        "it is truncated or damaged: %s is not within the file".formatted(what))) {
      findings.requireWithin(what, offset, bytes);
    }
  }
}
