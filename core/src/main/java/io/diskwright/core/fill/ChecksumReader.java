package io.diskwright.core.fill;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.thread.HelperThreads;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;

/** Reads content by several threads and brings the sums of its blocks into their order. */
final class ChecksumReader implements AutoCloseable {
  private static final int SEGMENT = 1024 * 1024;
  private static final int MOST_THREADS = 4;

  private final Content content;
  private final String tried;
  private final Call call;
  private final int threads;
  private final HelperThreads readers;
  private final ThreadLocal<ByteBuffer> buffer =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(SEGMENT));
  private final Deque<Future<ByteBuffer>> ahead = new ArrayDeque<>();
  private final BlockChecksum checksum = new BlockChecksum();

  ChecksumReader(Content content, String tried, Call call) {
    this.content = content;
    this.tried = tried;
    this.call = call;
    this.threads = Math.min(MOST_THREADS, Runtime.getRuntime().availableProcessors());
    this.readers = new HelperThreads("diskwright-checksum", threads);
  }

  /** Reads everything but what is known to be zero; returns the checksum. */
  String run() throws DiskException {
    long size = content.size();
    long done = 0; // always the start of a block
    for (long at = 0; at < size; ) {
      Extent extent = content.extentAt(at);
      at = extent.end();
      if (extent.kind() == Extent.Kind.DATA) {
        long end = roundUp(at);
        for (done = Math.max(done, roundDown(extent.offset())); done < end; done += SEGMENT) {
          read(done, (int) Math.min(SEGMENT, Math.min(end, size) - done));
        }
        done = end;
      }
    }
    while (!ahead.isEmpty()) {
      takeFirst();
    }
    return checksum.end(size);
  }

  private static long roundDown(long offset) {
    return offset / BlockChecksum.BLOCK * BlockChecksum.BLOCK;
  }

  private static long roundUp(long offset) {
    return roundDown(offset + BlockChecksum.BLOCK - 1);
  }

  private void read(long offset, int length) throws DiskException {
    call.check(tried);
    call.progress().report("checking", offset, content.size());
    ahead.add(readers.submit(() -> sums(offset, length)));
    if (ahead.size() > 2 * threads) {
      takeFirst();
    }
  }

  private ByteBuffer sums(long offset, int length) throws DiskException {
    ByteBuffer bytes = buffer.get().clear().limit(length);
    if (content.read(offset, bytes) < length) {
      throw DiskException.of(Reason.CORRUPT, tried)
          .said("it ends before %d bytes".formatted(content.size()))
          .build();
    }
    return BlockChecksum.sums(offset, bytes.flip());
  }

  private void takeFirst() throws DiskException {
    try {
      checksum.append(ahead.remove().get());
    } catch (ExecutionException e) {
      if (e.getCause() instanceof DiskException failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.check(tried);
      throw new IllegalStateException("a call of an interrupted thread must be cancelled", e);
    }
  }

  /** Ends the threads; nobody reads the content any more when this returns. */
  @Override
  public void close() {
    readers.close();
  }
}
