package io.diskwright.core.inspect;

import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** Bytes, with zeros behind them up to any size, that count what is read. One thread. */
final class CountingContent implements Content {
  private final byte[] bytes;
  private final long size;
  private long read;
  private long reads;

  CountingContent(byte[] bytes, long size) {
    this.bytes = bytes;
    this.size = size;
  }

  /** Returns how many bytes have been read. */
  long read() {
    return read;
  }

  /** Returns how many times. */
  long reads() {
    return reads;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Extent extentAt(long offset) {
    return new Extent(offset, size - offset, Extent.Kind.DATA);
  }

  @Override
  public int read(long offset, ByteBuffer target) {
    int length = (int) Math.max(0, Math.min(target.remaining(), size - offset));
    int there = (int) Math.max(0, Math.min(length, bytes.length - offset));
    if (there > 0) {
      target.put(bytes, (int) offset, there);
    }
    for (int i = there; i < length; i++) {
      target.put((byte) 0);
    }
    reads++;
    read += length;
    return length;
  }

  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }

  @Override
  public void close() {}
}
