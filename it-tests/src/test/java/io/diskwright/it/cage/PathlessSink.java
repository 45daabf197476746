package io.diskwright.it.cage;

import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** A sink that hides its file, and may be full of old data. */
final class PathlessSink implements Sink {
  private static final int MIB = 1 << 20;

  private final Sink inner;
  private final boolean oldData;

  private PathlessSink(Sink inner, boolean oldData) {
    this.inner = inner;
    this.oldData = oldData;
  }

  static PathlessSink of(Sink inner, boolean oldData) throws DiskException {
    if (oldData) {
      byte[] old = new byte[MIB];
      Arrays.fill(old, (byte) 0xdd);
      for (long at = 0; at < inner.size(); at += MIB) {
        inner.write(at, ByteBuffer.wrap(old, 0, (int) Math.min(MIB, inner.size() - at)));
      }
    }
    return new PathlessSink(inner, oldData);
  }

  @Override
  public long size() {
    return inner.size();
  }

  @Override
  public boolean readsAsZero() {
    return !oldData;
  }

  @Override
  public int preferredWriters() {
    return 4;
  }

  @Override
  public void reserve(long bytes, Call call) throws DiskException {
    inner.reserve(bytes, call);
  }

  @Override
  public void write(long offset, ByteBuffer source) throws DiskException {
    inner.write(offset, source);
  }

  @Override
  public void zero(long offset, long length) throws DiskException {
    inner.zero(offset, length);
  }

  @Override
  public void flush() throws DiskException {
    inner.flush();
  }

  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }
}
