package io.diskwright.core.inspect;

import io.diskwright.spi.error.DiskException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Follows tables whose entries say where an image's blocks are. */
final class BlockTable {
  private final Tables tables;

  /** No block: its bytes are zero. */
  static final long NONE = -1;

  private final Findings findings;
  private final long length;
  private final long guestBytes;
  private long allocated;

  /**
   * Follows tables.
   *
   * @param length how long a block is in the file
   * @param guestBytes how much of the guest's bytes it holds at the most
   */
  BlockTable(Tables tables, Findings findings, long length, long guestBytes) {
    this.tables = tables;
    this.findings = findings;
    this.length = length;
    this.guestBytes = guestBytes;
  }

  /** Says where in the file the block is whose entry is at a place in some bytes, or none. */
  @FunctionalInterface
  interface Meaning {
    long of(ByteBuffer bytes, int at);
  }

  /**
   * Follows all entries of a table that is within the file: each block must be within it, too.
   *
   * @return whether they are
   */
  boolean follow(long offset, long entries, int entryBytes, ByteOrder order, Meaning meaning)
      throws DiskException {
    boolean within =
        tables.read(
            offset, entries * entryBytes, piece -> follow(piece.order(order), entryBytes, meaning));
    if (within) {
      findings.allocatedBytes(allocated);
    } else {
      findings.refuse("it is truncated or damaged: a block is not within the file");
    }
    return within;
  }

  private boolean follow(ByteBuffer piece, int entryBytes, Meaning meaning) {
    for (int at = 0; at < piece.limit(); at += entryBytes) {
      long block = meaning.of(piece, at);
      if (block == NONE) {
        continue;
      }
      if (block < 0 || block > tables.size() - length) {
        return false;
      }
      allocated += guestBytes;
    }
    return true;
  }
}
