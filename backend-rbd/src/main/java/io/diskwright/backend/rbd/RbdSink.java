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
  private static final int WRITERS = 16;

  /** Whole objects, which are 4 MiB mostly, keep others waiting longer than they save. */
  private static final int LARGEST_WRITE = 1024 * 1024;

  private final RbdPool pool;
  private final Attempt attempt;
  private final RbdImage image;
  private final long size;
  private final int objectSize;
  private final Call call;

  /** Takes the call whose deadline and cancellation end its waiting for the cluster. */
  RbdSink(RbdPool pool, Attempt attempt, RbdImage image, long size, Call call)
      throws CephException {
    this.pool = pool;
    this.attempt = attempt;
    this.image = image;
    this.size = size;
    this.objectSize = (int) image.objectSize();
    this.call = call;
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
    return Math.min(objectSize, LARGEST_WRITE);
  }

  @Override
  public int preferredWriters() {
    return WRITERS;
  }

  /** The cluster promises nobody space: attempts tell each other in the index what they want. */
  @Override
  @SuppressWarnings("try") // the lease is held, not used
  public void reserve(long bytes, Call waiting) throws DiskException {
    LockKey space = new LockKey(LockKey.Scope.SPACE, "space");
    try (Lease lease = pool.locks().acquire(space, LockMode.EXCLUSIVE, waiting)) {
      boolean unused =
          pool.within(
              "reserve space",
              pool.settings().pool(),
              waiting,
              gate -> {
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

  /**
   * A write that nobody waits for any more goes on reading the buffer, whatever is in it by then:
   * its image is never published.
   */
  @Override
  public void write(long offset, ByteBuffer source) throws DiskException {
    checkRange(offset, source.remaining());
    ByteBuffer bytes = source.duplicate();
    change("write", () -> image.write(offset, bytes));
    source.position(source.limit());
  }

  @Override
  public void zero(long offset, long length) throws DiskException {
    checkRange(offset, length);
    if (length > 0) {
      change("write zeros", () -> image.writeZeroes(offset, length));
    }
  }

  @Override
  public void flush() throws DiskException {
    change("flush", image::flush);
  }

  /** Something that changes the image. */
  @FunctionalInterface
  private interface Change {
    void make() throws CephException;
  }

  private void change(String tried, Change change) throws DiskException {
    boolean unused =
        pool.within(
            tried,
            attempt.image(),
            call,
            gate -> {
              change.make();
              return true;
            });
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
