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
    long written = 0;
    for (ZeroRuns runs = new ZeroRuns(buffer); runs.next(); ) {
      if (runs.zero()) {
        zero(offset + runs.start(), runs.length());
      } else {
        await(runs.length());
        sink.write(offset + runs.start(), runs.bytes());
        written += runs.length();
      }
    }
    return written;
  }

  private void await(long bytes) throws DiskException {
    synchronized (pace) { // what one writes, all the others have to wait for
      pace.await(bytes, call);
    }
  }

  /** Makes a range read as zeros, unless it does so anyway; it may be empty. */
  void zero(long offset, long length) throws DiskException {
    if (length > 0 && !sink.readsAsZero()) {
      sink.zero(offset, length);
    }
  }
}
