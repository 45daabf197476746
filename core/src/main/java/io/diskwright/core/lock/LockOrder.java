package io.diskwright.core.lock;

import io.diskwright.spi.lock.LockKey;
import java.util.ArrayList;
import java.util.List;

/**
 * Checks, where assertions are enabled, as they are in tests, that each thread takes the locks of a
 * lock file in the order of their scopes: who keeps to one order never waits in a circle.
 */
final class LockOrder {
  private static final ThreadLocal<List<HostLease>> HELD = ThreadLocal.withInitial(ArrayList::new);

  private LockOrder() {}

  /** Returns whether this thread may wait for a lock, given those that it holds. */
  static boolean isKept(LockFile file, LockKey key) {
    return HELD.get().stream()
        .filter(lease -> lease.isHeld() && lease.isOf(file))
        .allMatch(lease -> lease.key().scope().compareTo(key.scope()) <= 0);
  }

  /** Remembers a lease of this thread; returns true. */
  static boolean remember(HostLease lease) {
    List<HostLease> held = HELD.get();
    held.removeIf(one -> !one.isHeld());
    return held.add(lease);
  }
}
