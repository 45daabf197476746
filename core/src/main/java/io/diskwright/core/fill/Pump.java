package io.diskwright.core.fill;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageStream;
import java.nio.ByteBuffer;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Brings all bytes of a stream to who wants them, a MiB at a time, and shows them to a digest in
 * another thread meanwhile. Whatever the image's size, it needs memory for three MiB.
 */
final class Pump {
  private static final int BUFFER = 1024 * 1024;
  private static final int BUFFERS = 3;

  private final ImageStream stream;
  private final @Nullable DigestCheck digest;
  private final long size;
  private final Call call;
  private final ByteBuffer[] buffers = new ByteBuffer[BUFFERS];
  private final @Nullable Future<?>[] digested = new Future<?>[BUFFERS];

  /** Takes a stream, who is shown its bytes, and how many there are: -1 when that is not known. */
  Pump(ImageStream stream, @Nullable DigestCheck digest, long size, Call call) {
    this.stream = stream;
    this.digest = digest;
    this.size = size;
    this.call = call;
  }

  /** Takes bytes in their order; the buffer may be kept no longer than the call. */
  @FunctionalInterface
  interface Consumer {
    void take(long offset, ByteBuffer bytes) throws DiskException;
  }

  /** Brings everything; returns how many bytes there were. */
  long run(String step, Consumer consumer) throws DiskException {
    try (HelperThreads worker = new HelperThreads("diskwright-digest", 1)) {
      long offset = 0;
      for (int turn = 0; ; turn = (turn + 1) % BUFFERS) {
        call.check("read image");
        call.progress().report(step, offset, size);
        ByteBuffer bytes = next(turn);
        if (!bytes.hasRemaining()) {
          await();
          return offset;
        }
        if (digest != null) {
          digested[turn] = worker.submit(Executors.callable(() -> digest.update(bytes)));
        }
        consumer.take(offset, bytes.duplicate());
        offset += bytes.remaining();
      }
    }
  }

  private ByteBuffer next(int turn) throws DiskException {
    if (buffers[turn] == null) {
      buffers[turn] = ByteBuffer.allocateDirect(BUFFER);
    }
    await(turn);
    ByteBuffer bytes = buffers[turn].clear();
    int read = 0;
    while (bytes.hasRemaining() && read >= 0) {
      read = stream.read(bytes);
    }
    return bytes.flip();
  }

  private void await() throws DiskException {
    for (int turn = 0; turn < BUFFERS; turn++) {
      await(turn);
    }
  }

  private void await(int turn) throws DiskException {
    Future<?> pending = digested[turn];
    if (pending == null) {
      return;
    }
    try {
      pending.get();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.check("read image");
      throw new IllegalStateException("a call of an interrupted thread must be cancelled", e);
    }
  }
}
