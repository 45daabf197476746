package io.diskwright.core.fill;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** A sink as a linear volume is one: full of somebody's old data, without a path for tools. */
final class MemorySink implements Sink {
  private static final int BLOCK = 4096;

  private final byte[] bytes;
  private final boolean readsAsZero;
  private long written;
  private long zeroed;
  private long reserved = -1;
  private boolean flushed;
  private int writers = 1;
  private boolean allInBlocks = true;

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

  /** Has several write at once, as to an image on Ceph. */
  MemorySink withWriters(int count) {
    writers = count;
    return this;
  }

  /** Returns whether all that was written could have gone past a page cache. */
  boolean allInBlocks() {
    return allInBlocks;
  }

  byte[] bytes() {
    return bytes.clone();
  }

  long written() {
    return written;
  }

  /** Returns what was reserved, -1 when nothing was. */
  long reserved() {
    return reserved;
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
  public void reserve(long bytes, Call call) {
    assertThat(written).as("bytes written before the space was reserved").isZero();
    reserved = bytes;
  }

  @Override
  public int preferredWriters() {
    return writers;
  }

  @Override
  public synchronized void write(long offset, ByteBuffer source) {
    allInBlocks &=
        offset % BLOCK == 0
            && source.remaining() % BLOCK == 0
            && source.isDirect()
            && source.alignmentOffset(source.position(), BLOCK) == 0;
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
