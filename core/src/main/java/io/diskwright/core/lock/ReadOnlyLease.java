package io.diskwright.core.lock;

import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A shared lock on a read-only file system: nobody can change anything there, so that nobody has to
 * be kept out, and what is there can be read.
 */
final class ReadOnlyLease implements Lease {
  private final LockKey key;
  private final AtomicBoolean held = new AtomicBoolean(true);

  ReadOnlyLease(LockKey key) {
    this.key = key;
  }

  @Override
  public LockKey key() {
    return key;
  }

  @Override
  public LockMode mode() {
    return LockMode.SHARED;
  }

  @Override
  public boolean isHeld() {
    return held.get();
  }

  @Override
  public void report(String doing) {
    // nobody waits
  }

  @Override
  public void close() {
    held.set(false);
  }
}
