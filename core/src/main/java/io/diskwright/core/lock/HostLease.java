package io.diskwright.core.lock;

import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import java.util.concurrent.atomic.AtomicBoolean;

/** A lock of a lock file that is held; the kernel gives it back if this process dies. */
final class HostLease implements Lease {
  private final LockFile file;
  private final KeyLock lock;
  private final LockMode mode;
  private final AtomicBoolean held = new AtomicBoolean(true);

  HostLease(LockFile file, KeyLock lock, LockMode mode) {
    this.file = file;
    this.lock = lock;
    this.mode = mode;
  }

  boolean isOf(LockFile other) {
    return file == other;
  }

  @Override
  public LockKey key() {
    return lock.key();
  }

  @Override
  public LockMode mode() {
    return mode;
  }

  @Override
  public boolean isHeld() {
    return held.get();
  }

  @Override
  public void report(String doing) {
    if (mode == LockMode.EXCLUSIVE && held.get()) {
      lock.report(doing);
    }
  }

  @Override
  public void close() {
    if (held.compareAndSet(true, false)) {
      try {
        lock.giveBack(mode);
      } finally {
        file.leave(lock);
      }
    }
  }
}
