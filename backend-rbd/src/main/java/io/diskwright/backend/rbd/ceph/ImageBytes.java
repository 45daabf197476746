package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import io.diskwright.toolkit.os.Errno;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;

/** Reads and writes bytes of an image, inside a call on its handle. */
final class ImageBytes {
  private static final int BOUNCE = 1 << 20;
  private static final ThreadLocal<ByteBuffer> BOUNCE_BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BOUNCE));

  /** {@code rbd_discard} returns an int; a multiple of every object size, so that none is split. */
  private static final long LARGEST_RANGE = 1 << 30;

  private final Librbd rbd;
  private final Pointer image;
  private final String path;

  ImageBytes(Librbd rbd, Pointer image, String path) {
    this.rbd = rbd;
    this.image = image;
    this.path = path;
  }

  /** librbd refuses a read that begins behind the end, and shortens one that goes beyond it. */
  int read(long offset, ByteBuffer target) throws CephException {
    requireRange(offset, target.remaining());
    if (target.isReadOnly()) {
      throw new ReadOnlyBufferException();
    }
    LongByReference size = new LongByReference();
    CephCluster.check(rbd.rbd_get_size(image, size), "read image", path);
    int total = (int) Math.max(0, Math.min(target.remaining(), size.getValue() - offset));
    int done = 0;
    while (done < total) {
      ByteBuffer direct = target.isDirect() ? target.slice() : bounce(total - done);
      int length = Math.min(direct.remaining(), total - done);
      long read = rbd.rbd_read(image, offset + done, length, direct);
      int got = progress(read, length, "read image");
      if (target.isDirect()) {
        target.position(target.position() + got);
      } else {
        target.put(direct.limit(got));
      }
      done += got;
    }
    return done;
  }

  boolean write(long offset, ByteBuffer source) throws CephException {
    requireRange(offset, source.remaining());
    long at = offset;
    while (source.hasRemaining()) {
      ByteBuffer direct = source.isDirect() ? source.slice() : bounced(source);
      long written = rbd.rbd_write(image, at, direct.remaining(), direct);
      int put = progress(written, direct.remaining(), "write image");
      source.position(source.position() + put);
      at += put;
    }
    return true;
  }

  boolean writeZeroes(long offset, long length) throws CephException {
    requireRange(offset, length);
    return ranges(
        offset,
        length,
        "write zeros to image",
        (at, part) -> rbd.rbd_write_zeroes(image, at, part, 0, 0));
  }

  boolean discard(long offset, long length) throws CephException {
    requireRange(offset, length);
    return ranges(
        offset, length, "discard range of image", (at, part) -> rbd.rbd_discard(image, at, part));
  }

  /** Does something to a part of a range; returns its length, or a negated error number. */
  @FunctionalInterface
  private interface RangeCall {
    long run(long offset, long length);
  }

  private boolean ranges(long offset, long length, String operation, RangeCall call)
      throws CephException {
    long at = offset;
    while (at < offset + length) {
      long part = Math.min(offset + length, (at / LARGEST_RANGE + 1) * LARGEST_RANGE) - at;
      at += progress(call.run(at, part), (int) part, operation);
    }
    return true;
  }

  /** Returns how much was done, which is more than nothing and not more than was asked for. */
  private int progress(long result, int most, String operation) throws CephException {
    CephCluster.check(result, operation, path);
    if (result == 0 || result > most) {
      throw new CephException(
          operation,
          path,
          Errno.EIO,
          "librbd said (%d) bytes were done of (%d)".formatted(result, most));
    }
    return (int) result;
  }

  private static void requireRange(long offset, long length) {
    if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException(
          "range (%d, %d bytes) must be inside an image".formatted(offset, length));
    }
  }

  private static ByteBuffer bounce(int length) {
    return BOUNCE_BUFFER.get().clear().limit(Math.min(BOUNCE, length));
  }

  private static ByteBuffer bounced(ByteBuffer source) {
    ByteBuffer direct = bounce(source.remaining());
    return direct.put(0, source, source.position(), direct.remaining());
  }
}
