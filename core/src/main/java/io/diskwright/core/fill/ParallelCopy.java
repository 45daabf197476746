package io.diskwright.core.fill;

import io.diskwright.core.source.ContentReads;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.os.BlockDevice;
import io.diskwright.toolkit.thread.HelperThreads;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Copies content into a sink with several reads and writes under way at once, and leaves out what
 * is zero when the sink reads as zero anyway.
 *
 * <p>Pieces are read and written by threads of its own, in any order; the caller's thread takes
 * them in their order for the checksum.
 */
final class ParallelCopy {
  private static final int FEWEST_READERS = 4;
  private static final int MOST_READERS = 16;

  /** Zeros between data that cost more to leave out than to copy. */
  private static final int SMALLEST_GAP = 64 * 1024;

  private final Content data;
  private final Sink sink;
  private final @Nullable BlockChecksum checksum;
  private final Words words;
  private final Call call;
  private final SinkWriter writer;
  private final Semaphore writers;
  private final int pieceSize;
  private final int mostPieces;
  private final Deque<Piece> underWay = new ArrayDeque<>();
  private final Deque<ByteBuffer> buffers = new ArrayDeque<>();
  private volatile boolean failed;
  private long written;

  /**
   * What is said of it.
   *
   * @param tried what is tried, as it would follow "cannot"
   * @param step what progress is told
   */
  record Words(String tried, String step) {
    static final Words COPY = new Words("copy image", "copying");
    static final Words CONVERT = new Words(Conversion.TRIED, "converting");
  }

  ParallelCopy(
      Content data,
      Sink sink,
      Pace pace,
      @Nullable BlockChecksum checksum,
      Words words,
      Call call) {
    this.data = data;
    this.sink = sink;
    this.checksum = checksum;
    this.words = words;
    this.call = call;
    this.writer = new SinkWriter(sink, pace, call);
    this.writers = new Semaphore(Math.max(1, sink.preferredWriters()));
    this.pieceSize = ParallelWriter.pieceSize(sink);
    this.mostPieces = readers(sink) + 2; // one is waited for, and one is next
  }

  /** Returns how many reads at once it takes to keep a sink busy. */
  static int readers(Sink sink) {
    return Math.max(FEWEST_READERS, Math.min(MOST_READERS, sink.preferredWriters()));
  }

  /** A part that is being read and written: where, its bytes, and how many were written. */
  private record Piece(long offset, ByteBuffer buffer, Future<Long> written) {}

  /**
   * Copies everything. Nothing is under way any more when it returns or throws.
   *
   * @param abort ends reads that may take long, when there is no use in them any more
   * @return how many bytes were written
   */
  long run(Abort abort) throws DiskException {
    try (HelperThreads threads = new HelperThreads("diskwright-copy", readers(sink))) {
      try {
        copy(threads);
      } catch (Throwable e) {
        failed = true;
        abort.run();
        throw e;
      }
    }
    return written;
  }

  /** Ends reads of content that are under way. */
  @FunctionalInterface
  interface Abort {
    /** For content whose reads never take long. */
    Abort NOT_NEEDED = () -> {};

    void run() throws DiskException;
  }

  private void copy(HelperThreads threads) throws DiskException {
    long size = Math.min(data.size(), sink.size());
    long start = 0; // of data that was found and is not copied yet
    long end = 0;
    for (long at = 0; at < size; ) {
      call.check(words.tried());
      Extent extent = data.extentAt(at);
      at = Math.min(size, extent.end());
      if (extent.kind() == Extent.Kind.ZERO) {
        continue;
      }
      if (extent.offset() - end >= SMALLEST_GAP) {
        copyData(start, end, threads);
        writer.zero(end, extent.offset() - end);
        start = extent.offset();
      }
      end = at;
      long whole = end - end % pieceSize; // what comes behind may belong to the same piece
      if (whole > start) {
        copyData(start, whole, threads);
        start = whole;
      }
    }
    copyData(start, end, threads);
    while (!underWay.isEmpty()) {
      settle(underWay.remove());
    }
    writer.zero(end, sink.size() - end);
    call.progress().report(words.step(), sink.size(), sink.size());
  }

  private void copyData(long start, long end, HelperThreads threads) throws DiskException {
    for (long at = start; at < end; ) {
      if (underWay.size() == mostPieces) {
        settle(underWay.remove());
      }
      long offset = at;
      int length = (int) Math.min(end - at, pieceSize - at % pieceSize);
      @Nullable ByteBuffer used = buffers.poll();
      ByteBuffer buffer = used == null ? BlockDevice.buffer(pieceSize) : used;
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
    ContentReads.fully(data, offset, buffer, words.tried());
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
    written += HelperThreads.await(piece.written(), call, words.tried());
    if (checksum != null) {
      checksum.update(piece.offset(), piece.buffer());
    }
    buffers.add(piece.buffer());
    call.progress().report(words.step(), piece.offset(), sink.size());
  }
}
