package io.diskwright.core.lock;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Locks of one pool, kept as locked bytes of one lock file.
 *
 * <p>The file is opened once in a JVM, however many managers there are for it, and is never
 * removed. Each key is one byte far into the file, so that no key leaves a file behind. Threads of
 * this JVM queue first come, first served; other processes are waited for by asking again and
 * again.
 */
public final class HostLocks implements LockManager {
  private final LockFile file;
  private final AtomicBoolean closed = new AtomicBoolean();

  private HostLocks(LockFile file) {
    this.file = file;
  }

  /**
   * Returns the locks of a lock file, which is made when the first lock is taken.
   *
   * @param lockFile the file, on a local file system
   */
  public static HostLocks of(Path lockFile) {
    return new HostLocks(LockFile.shared(lockFile.toAbsolutePath().normalize()));
  }

  @Override
  public Lease acquire(LockKey key, LockMode mode, Call call) throws DiskException {
    requireOpen();
    return file.acquire(key, mode, call);
  }

  @Override
  public Optional<Lease> tryAcquire(LockKey key, LockMode mode, Call call) throws DiskException {
    requireOpen();
    return file.tryAcquire(key, mode, call);
  }

  private void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("lock manager (%s) is closed".formatted(file.path()));
    }
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      file.release();
    }
  }
}
