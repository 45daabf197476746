package io.diskwright.toolkit.pool;

import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** A new sparse file as a sink. */
final class FileSink implements Sink {
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64 * 1024).asReadOnlyBuffer();

  private static final long WRITE_BACK = 32L * 1024 * 1024;

  private final FilePool pool;
  private final Attempt attempt;
  private final NativeFile file;
  private final long size;
  private final AtomicLong unwritten = new AtomicLong();

  FileSink(FilePool pool, Attempt attempt, long size) {
    this.pool = pool;
    this.attempt = attempt;
    this.file = attempt.file();
    this.size = size;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean readsAsZero() {
    return true;
  }

  @Override
  public void reserve(long bytes, Call call) throws DiskException {
    try {
      pool.reserve(attempt, bytes, call);
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw OsErrors.toFailure(e, "reserve space").build();
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) throws DiskException {
    checkRange(offset, source.remaining());
    try {
      int length = source.remaining();
      file.write(offset, source);
      writeBack(offset, length);
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "write").build();
    }
  }

  /** Lets the storage work while more is brought, so that the flush at the end is short. */
  private void writeBack(long offset, long length) {
    if (unwritten.addAndGet(length) >= WRITE_BACK) {
      unwritten.set(0);
      file.startWriteback(0, offset + length);
    }
  }

  @Override
  public void zero(long offset, long length) throws DiskException {
    checkRange(offset, length);
    try {
      if (length > 0 && !file.punchHole(offset, length)) {
        writeZeros(offset, length);
      }
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "write zeros").build();
    }
  }

  private void writeZeros(long offset, long length) throws OsException {
    for (long done = 0; done < length; ) {
      ByteBuffer zeros = ZEROS.duplicate();
      zeros.limit((int) Math.min(zeros.capacity(), length - done));
      int step = zeros.remaining();
      file.write(offset + done, zeros);
      done += step;
    }
  }

  @Override
  public void flush() throws DiskException {
    try {
      file.sync();
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "sync").build();
    }
  }

  @Override
  public Optional<Path> path() {
    return Optional.of(file.path());
  }

  private void checkRange(long offset, long length) {
    if (offset < 0 || length < 0 || offset > size - length) {
      throw new IllegalArgumentException(
          "range (%d+%d) must be within %d bytes".formatted(offset, length, size));
    }
  }
}
