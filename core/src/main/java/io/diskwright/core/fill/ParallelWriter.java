package io.diskwright.core.fill;

import io.diskwright.spi.backend.Sink;
import io.diskwright.toolkit.thread.HelperThreads;
import java.nio.ByteBuffer;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Has several writes into a sink under way at once, as many as the sink wants. None is any more
 * once this is closed.
 */
final class ParallelWriter implements AutoCloseable {
  private static final int SMALLEST_PIECE = 256 * 1024;
  private static final int LARGEST_PIECE = 4 * 1024 * 1024;

  private final SinkWriter writer;
  private final HelperThreads threads;
  private final AtomicLong written = new AtomicLong();
  private volatile boolean failed;

  ParallelWriter(Sink sink, SinkWriter writer) {
    this.writer = writer;
    this.threads = new HelperThreads("diskwright-write", sink.preferredWriters());
  }

  /** Returns whether a sink wants several writes at once. */
  static boolean isWantedBy(Sink sink) {
    return sink.preferredWriters() > 1;
  }

  /** Returns how many bytes one write best has. */
  static int pieceSize(Sink sink) {
    return Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, sink.preferredWriteSize()));
  }

  /** Begins to write what is not zero of some bytes, which stay as they are until it is done. */
  Future<?> write(long offset, ByteBuffer bytes) {
    return threads.submit(
        () -> {
          try {
            if (!failed) {
              written.addAndGet(writer.write(offset, bytes));
            }
            return null;
          } catch (Throwable e) {
            failed = true;
            throw e;
          }
        });
  }

  /** Returns how many bytes have been written. */
  long written() {
    return written.get();
  }

  /** Begins no write that has not begun yet, and waits for those that have. */
  @Override
  public void close() {
    failed = true;
    threads.close();
  }
}
