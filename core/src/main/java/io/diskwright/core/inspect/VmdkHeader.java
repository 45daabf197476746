package io.diskwright.core.inspect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header of a hosted sparse extent, as VMware's Virtual Disk Format 1.1 has it; read from
 * untrusted bytes. Sizes and offsets are in sectors of 512 bytes.
 *
 * @param version 1 to 3
 * @param flags what the extent has
 * @param capacity the guest-visible size
 * @param grainSize how much a grain holds
 * @param descriptorOffset where the descriptor is
 * @param descriptorSize how long it is
 * @param entriesPerTable how many entries a grain table has
 * @param redundantDirectory where the second grain directory is
 * @param directory where the grain directory is
 * @param overhead how much comes before the first grain
 * @param newlines four bytes that a transfer as text would have changed
 * @param compression 0 none, 1 deflate
 */
record VmdkHeader(
    int version,
    int flags,
    long capacity,
    long grainSize,
    long descriptorOffset,
    long descriptorSize,
    int entriesPerTable,
    long redundantDirectory,
    long directory,
    long overhead,
    int newlines,
    int compression) {
  static final int LENGTH = 512;

  /** The place of a grain directory that only the footer knows. */
  static final long AT_END = -1;

  static final int REDUNDANT_TABLES = 1 << 1;
  static final int ZERO_GRAINS = 1 << 2;
  static final int COMPRESSED = 1 << 16;
  static final int MARKERS = 1 << 17;
  private static final int NEWLINES = 0x0a200d0a;

  /** Reads the header that begins at index 0. */
  static VmdkHeader read(ByteBuffer source) {
    ByteBuffer bytes = source.slice().order(ByteOrder.LITTLE_ENDIAN);
    return new VmdkHeader(
        bytes.getInt(4),
        bytes.getInt(8),
        bytes.getLong(12),
        bytes.getLong(20),
        bytes.getLong(28),
        bytes.getLong(36),
        bytes.getInt(44),
        bytes.getLong(48),
        bytes.getLong(56),
        bytes.getLong(64),
        bytes.slice(73, 4).getInt(0),
        Short.toUnsignedInt(bytes.getShort(77)));
  }

  boolean has(int flag) {
    return (flags & flag) != 0;
  }

  boolean hasNewlines() {
    return newlines == NEWLINES;
  }

  /** Returns this header with the grain directory of another, for comparing them. */
  VmdkHeader withDirectoryOf(VmdkHeader other) {
    return new VmdkHeader(
        version,
        flags,
        capacity,
        grainSize,
        descriptorOffset,
        descriptorSize,
        entriesPerTable,
        redundantDirectory,
        other.directory,
        overhead,
        newlines,
        compression);
  }
}
