package io.diskwright.backend.lvm;

import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.os.BlockDevice;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The device of an attempt's new thin volume as a sink. What fits goes past the page cache, where
 * it would be copied once more, in the way of what the host's machines read.
 */
final class ThinSink implements Sink, AutoCloseable {
  private static final int WRITERS = 4;
  private static final int BLOCK = BlockDevice.BLOCK;
  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(64 * 1024).asReadOnlyBuffer();

  private final Attempt attempt;
  private final NativeFile device;
  private final BlockDevice direct;
  private final long size;
  private final boolean zeroed;

  private ThinSink(
      Attempt attempt, NativeFile device, BlockDevice direct, long size, boolean zeroed) {
    this.attempt = attempt;
    this.device = device;
    this.direct = direct;
    this.size = size;
    this.zeroed = zeroed;
  }

  /**
   * Opens the device; the volume is active.
   *
   * @param zeroed whether the thin pool zeroes what it hands out; else what is beside a write, in
   *     the same chunk of the pool, reads as it did for others
   */
  static ThinSink open(Attempt attempt, Path device, long size, boolean zeroed) throws IOException {
    NativeFile cached = NativeFile.openWrite(device);
    try {
      return new ThinSink(attempt, cached, BlockDevice.openWrite(device), size, zeroed);
    } catch (OsException | RuntimeException e) {
      try (cached) {
        throw e;
      }
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public boolean readsAsZero() {
    return zeroed;
  }

  @Override
  public int preferredWriters() {
    return WRITERS;
  }

  @Override
  public void reserve(long bytes, Call call) throws DiskException {
    try {
      attempt.reserve(bytes, call);
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw OsErrors.toFailure(e, "reserve space").build();
    }
  }

  /** A write across the end of a device would be cut short without a word. */
  @Override
  public void write(long offset, ByteBuffer source) throws DiskException {
    checkRange(offset, source.remaining());
    try {
      if (BlockDevice.fillsPages(offset, source)) {
        direct.write(offset, source);
      } else {
        device.write(offset, source);
      }
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "write").build();
    }
  }

  /** The kernel punches whole blocks only into a device. */
  @Override
  public void zero(long offset, long length) throws DiskException {
    checkRange(offset, length);
    long end = offset + length;
    long firstBlock = (offset + BLOCK - 1) / BLOCK * BLOCK;
    long afterBlocks = end / BLOCK * BLOCK;
    try {
      if (firstBlock < afterBlocks && device.punchHole(firstBlock, afterBlocks - firstBlock)) {
        writeZeros(offset, firstBlock);
        writeZeros(afterBlocks, end);
      } else {
        writeZeros(offset, end);
      }
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "write zeros").build();
    }
  }

  private void writeZeros(long from, long to) throws OsException {
    for (long at = from; at < to; ) {
      ByteBuffer zeros = ZEROS.duplicate();
      zeros.limit((int) Math.min(zeros.capacity(), to - at));
      at += zeros.remaining();
      device.write(at - zeros.remaining(), zeros);
    }
  }

  @Override
  public void flush() throws DiskException {
    try {
      device.sync();
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "sync").build();
    }
  }

  /** Returns nothing: the device is larger than what is to be written. */
  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }

  private void checkRange(long offset, long length) {
    if (offset < 0 || length < 0 || offset > size - length) {
      throw new IllegalArgumentException(
          "range (%d+%d) must be within %d bytes".formatted(offset, length, size));
    }
  }

  @Override
  public void close() throws OsException {
    try (direct) {
      device.close();
    }
  }
}
