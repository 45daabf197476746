package io.diskwright.core.fill;

import io.diskwright.core.source.ContentReads;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies content into a sink with several reads and writes under way at once, and leaves out what
 * is zero when the sink reads as zero anyway.
 *
 * <p>Pieces are read and written by threads of its own, in any order; the caller's thread takes
 * them in their order for the checksum.
 */
final class ParallelCopy {
  private static final Logger LOG = LoggerFactory.getLogger(ParallelCopy.class);
  private static final int FEWEST_READERS = 4;
  private static final int MOST_READERS = 16;
  private static final int SMALLEST_PIECE = 256 * 1024;
  private static final int LARGEST_PIECE = 4 * 1024 * 1024;
  private static final int GLANCE_MILLIS = 50;

  private final Content data;
  private final Sink sink;
  private final @Nullable BlockChecksum checksum;
  private final Call call;
  private final SinkWriter writer;
  private final Semaphore writers;
  private final int pieceSize;
  private final int mostPieces;
  private final Deque<Piece> underWay = new ArrayDeque<>();
  private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
  private volatile boolean failed;
  private long written;

  ParallelCopy(Content data, Sink sink, Pace pace, @Nullable BlockChecksum checksum, Call call) {
    this.data = data;
    this.sink = sink;
    this.checksum = checksum;
    this.call = call;
    this.writer = new SinkWriter(sink, pace, call);
    this.writers = new Semaphore(Math.max(1, sink.preferredWriters()));
    this.pieceSize = Math.max(SMALLEST_PIECE, Math.min(LARGEST_PIECE, sink.preferredWriteSize()));
    this.mostPieces = 2 * readers(sink);
  }

  /** Returns how many reads at once it takes to keep a sink busy. */
  static int readers(Sink sink) {
    return Math.max(FEWEST_READERS, Math.min(MOST_READERS, sink.preferredWriters()));
  }

  /** A part that is being read and written: where, its bytes, and how many were written. */
  private record Piece(long offset, ByteBuffer buffer, Future<Long> written) {}

  /**
   * Copies everything. Nothing is under way any more when it returns or throws; the content is
   * closed when it throws, which ends its reads.
   *
   * @return how many bytes were written
   */
  long run() throws DiskException {
    try (HelperThreads threads = new HelperThreads("diskwright-copy", readers(sink))) {
      try {
        copy(threads);
      } catch (Throwable e) {
        failed = true;
        data.close();
        throw e;
      }
    }
    return written;
  }

  private void copy(HelperThreads threads) throws DiskException {
    long size = Math.min(data.size(), sink.size());
    for (long at = 0; at < size; ) {
      Extent extent = data.extentAt(at);
      long end = Math.min(size, extent.end());
      if (extent.kind() == Extent.Kind.ZERO) {
        writer.zero(at, end - at);
      } else {
        copyData(at, end, threads);
      }
      at = end;
    }
    while (!underWay.isEmpty()) {
      settle(underWay.remove());
    }
    writer.zero(size, sink.size() - size);
    call.progress().report("converting", sink.size(), sink.size());
  }

  private void copyData(long start, long end, HelperThreads threads) throws DiskException {
    for (long at = start; at < end; ) {
      if (underWay.size() == mostPieces) {
        settle(underWay.remove());
      }
      long offset = at;
      int length = (int) Math.min(end - at, pieceSize - at % pieceSize);
      @Nullable ByteBuffer used = buffers.poll();
      ByteBuffer buffer = used == null ? ByteBuffer.allocateDirect(pieceSize) : used;
      buffer.clear().limit(length);
      underWay.add(new Piece(at, buffer, threads.submit(() -> copyPiece(offset, buffer))));
      at += length;
    }
  }

  /** Runs in a thread of its own. */
  private long copyPiece(long offset, ByteBuffer buffer) throws Exception {
    if (failed) {
      return 0;
    }
    ContentReads.fully(data, offset, buffer, Conversion.TRIED);
    buffer.flip();
    writers.acquire();
    try {
      return failed ? 0 : writer.write(offset, buffer);
    } finally {
      writers.release();
    }
  }

  /** Waits for a piece, and takes it for the checksum. */
  private void settle(Piece piece) throws DiskException {
    written += await(piece.written());
    if (checksum != null) {
      checksum.update(piece.offset(), piece.buffer());
    }
    buffers.add(piece.buffer());
    call.progress().report("converting", piece.offset(), sink.size());
  }

  /** Looks now and then whether it is still wanted. */
  private long await(Future<Long> piece) throws DiskException {
    while (true) {
      call.check(Conversion.TRIED);
      try {
        return piece.get(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        LOG.trace("a piece takes long", e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // which the next look finds
      } catch (ExecutionException e) {
        throw failureOf(e.getCause());
      }
    }
  }

  private static DiskException failureOf(@Nullable Throwable cause) {
    if (cause instanceof DiskException failure) {
      return failure;
    }
    if (cause instanceof RuntimeException failure) {
      throw failure;
    }
    throw new IllegalStateException(cause);
  }
}
