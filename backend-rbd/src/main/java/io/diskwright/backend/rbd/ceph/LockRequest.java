package io.diskwright.backend.rbd.ceph;

import java.time.Duration;

/**
 * A lock on an object that is asked for.
 *
 * @param name the lock's name; an object may have several locks
 * @param cookie what tells this hold from others of the same client; the only part of it besides
 *     the client's address that other clients can read
 * @param description for people who look at the object with Ceph's tools
 * @param tag what all shared holders must agree on; of no meaning for an exclusive lock
 * @param exclusive whether it is to be held alone
 * @param lease how long it is held unless it is renewed, to the microsecond; greater than 0
 * @param renew whether the same client and cookie hold it already, and the lease is to begin anew
 */
public record LockRequest(
    String name,
    String cookie,
    String description,
    String tag,
    boolean exclusive,
    Duration lease,
    boolean renew) {
  /** Checks the lease. */
  public LockRequest {
    if (lease.toNanos() / 1000 <= 0) {
      throw new IllegalArgumentException(
          "lease (%s) must be a microsecond or more".formatted(lease));
    }
  }
}
