package io.diskwright.core.fill;

import io.diskwright.spi.backend.Sink;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** A sink as a linear volume is one: full of somebody's old data, without a path for tools. */
final class MemorySink implements Sink {
  private final byte[] bytes;
  private final boolean readsAsZero;
  private long written;
  private long zeroed;
  private boolean flushed;

  private MemorySink(int size, boolean readsAsZero) {
    this.bytes = new byte[size];
    this.readsAsZero = readsAsZero;
    if (!readsAsZero) {
      Arrays.fill(bytes, (byte) 0xdd);
    }
  }

  static MemorySink ofZeros(int size) {
    return new MemorySink(size, true);
  }

  static MemorySink ofOldData(int size) {
    return new MemorySink(size, false);
  }

  byte[] bytes() {
    return bytes.clone();
  }

  long written() {
    return written;
  }

  long zeroed() {
    return zeroed;
  }

  boolean flushed() {
    return flushed;
  }

  @Override
  public long size() {
    return bytes.length;
  }

  @Override
  public boolean readsAsZero() {
    return readsAsZero;
  }

  @Override
  public void write(long offset, ByteBuffer source) {
    written += source.remaining();
    flushed = false;
    source.get(bytes, Math.toIntExact(offset), source.remaining());
  }

  @Override
  public void zero(long offset, long length) {
    zeroed += length;
    flushed = false;
    Arrays.fill(
        bytes, Math.toIntExact(offset), Math.toIntExact(Math.addExact(offset, length)), (byte) 0);
  }

  @Override
  public void flush() {
    flushed = true;
  }

  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }
}
