package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** An attempt's image as a sink. */
final class RbdSink implements Sink {
  /** So many writes at once keep one image busy; more bring nothing. */
  private static final int WRITERS = 4;

  private final RbdPool pool;
  private final Attempt attempt;
  private final RbdImage image;
  private final long size;
  private final int objectSize;

  RbdSink(RbdPool pool, Attempt attempt, RbdImage image, long size) throws CephException {
    this.pool = pool;
    this.attempt = attempt;
    this.image = image;
    this.size = size;
    this.objectSize = (int) image.objectSize();
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
  public int preferredWriteSize() {
    return objectSize;
  }

  @Override
  public int preferredWriters() {
    return WRITERS;
  }

  /** The cluster promises nobody space: attempts tell each other in the index what they want. */
  @Override
  @SuppressWarnings("try") // the lease is held, not used
  public void reserve(long bytes, Call call) throws DiskException {
    LockKey space = new LockKey(LockKey.Scope.SPACE, "space");
    try (Lease lease = pool.locks().acquire(space, LockMode.EXCLUSIVE, call)) {
      boolean unused =
          pool.within(
              "reserve space",
              pool.settings().pool(),
              () -> {
                requireFree(bytes, pool.usage().free(), attempt.reservedByOthers());
                attempt.reserve(bytes);
                return true;
              });
    }
  }

  private void requireFree(long bytes, long free, long others) throws DiskException {
    long keepFree = pool.settings().keepFree();
    if (bytes > free - keepFree - others) {
      throw DiskException.of(Reason.NO_SPACE, "reserve space")
          .said(
              "%d bytes are wanted; of %d that are free, others have reserved %d, and %d are kept free"
                  .formatted(bytes, free, others, keepFree))
          .remedy("free space on the cluster, raise the pool's quota, or use another pool")
          .build();
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) throws DiskException {
    checkRange(offset, source.remaining());
    try {
      image.write(offset, source);
    } catch (CephException e) {
      throw CephErrors.toFailure(e, "write").build();
    }
  }

  @Override
  public void zero(long offset, long length) throws DiskException {
    checkRange(offset, length);
    try {
      if (length > 0) {
        image.writeZeroes(offset, length);
      }
    } catch (CephException e) {
      throw CephErrors.toFailure(e, "write zeros").build();
    }
  }

  @Override
  public void flush() throws DiskException {
    try {
      image.flush();
    } catch (CephException e) {
      throw CephErrors.toFailure(e, "flush").build();
    }
  }

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
}
