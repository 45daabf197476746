package io.diskwright.core.inspect;

import io.diskwright.spi.error.DiskException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Follows tables whose entries say where an image's blocks are. */
final class BlockTable {
  private final Tables tables;
  private final Findings findings;
  private long allocated;

  BlockTable(Tables tables, Findings findings) {
    this.tables = tables;
    this.findings = findings;
  }

  /**
   * Where a block is.
   *
   * @param offset in the file
   * @param length how long it is there
   * @param guestBytes how much of the guest's bytes it holds at the most
   */
  record Block(long offset, long length, long guestBytes) {
    /** No block: those bytes are zero. */
    static final Block NONE = new Block(0, 0, 0);
  }

  /** Says what an entry means, which is at a place in some bytes. */
  @FunctionalInterface
  interface Meaning {
    Block of(ByteBuffer bytes, int at);
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
      Block block = meaning.of(piece, at);
      if (block.offset < 0 || block.offset > tables.size() - block.length) {
        return false;
      }
      allocated += block.guestBytes;
    }
    return true;
  }
}
