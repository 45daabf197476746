package io.diskwright.core.fill;

import java.nio.ByteBuffer;

/** Tells the runs of zeros in a buffer from the rest, in blocks of 64 KiB; one thread. */
final class ZeroRuns {
  private static final int BLOCK = 64 * 1024;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(BLOCK).asReadOnlyBuffer();

  private final ByteBuffer buffer;
  private int start;
  private int end;
  private boolean zero;

  /** Takes a buffer's bytes from index 0 to its limit; leaves its position as it is. */
  ZeroRuns(ByteBuffer buffer) {
    this.buffer = buffer;
  }

  /** Goes to the next run; returns whether there is one. */
  boolean next() {
    start = end;
    if (start == buffer.limit()) {
      return false;
    }
    zero = isZero(start);
    do {
      end = Math.min(buffer.limit(), end + BLOCK);
    } while (end < buffer.limit() && isZero(end) == zero);
    return true;
  }

  private boolean isZero(int from) {
    int length = Math.min(BLOCK, buffer.limit() - from);
    return buffer.slice(from, length).mismatch(ZEROS.slice(0, length)) < 0;
  }

  /** Returns whether the run is all zero. */
  boolean zero() {
    return zero;
  }

  /** Returns where in the buffer the run starts. */
  int start() {
    return start;
  }

  /** Returns how long the run is, in bytes. */
  int length() {
    return end - start;
  }

  /** Returns the run's bytes. */
  ByteBuffer bytes() {
    return buffer.slice(start, end - start);
  }
}
