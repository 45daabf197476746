package io.diskwright.core.fill;

import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.nio.ByteBuffer;

/**
 * Writes into a sink what is not zero there anyway, at the rate that a fill has. Any thread, on
 * ranges that do not overlap.
 */
final class SinkWriter {
  private static final int BLOCK = 64 * 1024;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(BLOCK).asReadOnlyBuffer();

  private final Sink sink;
  private final Pace pace;
  private final Call call;

  SinkWriter(Sink sink, Pace pace, Call call) {
    this.sink = sink;
    this.pace = pace;
    this.call = call;
  }

  /**
   * Writes the runs of blocks of a buffer that are not all zero; leaves its position as it is.
   *
   * @return how many bytes were written
   */
  long write(long offset, ByteBuffer buffer) throws DiskException {
    int limit = buffer.limit();
    int start = 0;
    long written = 0;
    while (start < limit) {
      boolean zero = isZero(buffer, start);
      int end = start;
      while (end < limit && isZero(buffer, end) == zero) {
        end = Math.min(limit, end + BLOCK);
      }
      if (zero) {
        zero(offset + start, end - start);
      } else {
        await(end - start);
        sink.write(offset + start, buffer.slice(start, end - start));
        written += end - start;
      }
      start = end;
    }
    return written;
  }

  private void await(long bytes) throws DiskException {
    synchronized (pace) { // what one writes, all the others have to wait for
      pace.await(bytes, call);
    }
  }

  private static boolean isZero(ByteBuffer buffer, int start) {
    int length = Math.min(BLOCK, buffer.limit() - start);
    return buffer.slice(start, length).mismatch(ZEROS.slice(0, length)) < 0;
  }

  /** Makes a range read as zeros, unless it does so anyway; it may be empty. */
  void zero(long offset, long length) throws DiskException {
    if (length > 0 && !sink.readsAsZero()) {
      sink.zero(offset, length);
    }
  }
}
