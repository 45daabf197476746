package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.LockRequest;
import io.diskwright.backend.rbd.ceph.ObjectWrite;
import io.diskwright.toolkit.os.Errno;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * What a user may do on a Ceph pool. No user may ask for its own caps, so it is tried on an object
 * of its own, which goes again. One thread.
 */
final class RbdRights {
  private static final String LOCK = "check";
  private static final byte[] ZERO = {0};

  private final String user;
  private final CephPool pool;
  private final String object = "diskwright.check." + UUID.randomUUID();

  /** Takes the user's name for messages, and the pool as it has opened it. */
  RbdRights(String user, CephPool pool) {
    this.user = user;
    this.pool = pool;
  }

  /** Something that takes a right. */
  @FunctionalInterface
  private interface Try {
    void once() throws CephException;
  }

  /**
   * Looks for what keeps images, or their data, from being in the pool.
   *
   * @param records whether it also has to hold records
   * @return empty when nothing does
   */
  Optional<Lack> lack(boolean records) throws CephException {
    if (isRefused(() -> pool.objectExists(object))) {
      return Optional.of(lacks("it cannot read there"));
    }
    if (isRefused(() -> pool.writeObject(object, 0, ZERO))) {
      return Optional.of(lacks("it can read there, but not write"));
    }
    try {
      return lackOfWriter(records);
    } finally {
      pool.write(ObjectWrite.on(object).remove());
    }
  }

  private Optional<Lack> lackOfWriter(boolean records) throws CephException {
    if (isRefused(() -> pool.lock(object, lock()))) {
      return Optional.of(lacks("it can read and write there, but not call object classes"));
    }
    if (records && !isPossible(() -> pool.write(ObjectWrite.on(object).setOmap(LOCK, ZERO)))) {
      return Optional.of(
          new Lack(
              "it is erasure-coded, and holds no records",
              "name it as data-pool, and a replicated one as pool"));
    }
    if (!isPossible(() -> pool.writeObject(object, 0, ZERO))) {
      return Optional.of(
          new Lack(
              "it is erasure-coded, and its objects cannot be overwritten",
              "run: ceph osd pool set " + pool.name() + " allow_ec_overwrites true"));
    }
    return Optional.empty();
  }

  private static LockRequest lock() {
    return new LockRequest(LOCK, LOCK, LOCK, "", true, Duration.ofSeconds(1), false);
  }

  private Lack lacks(String what) {
    String where = pool.namespace().isEmpty() ? "" : " namespace=" + pool.namespace();
    return new Lack(
        "the user %s lacks an osd cap on the Ceph pool '%s': %s".formatted(user, pool.name(), what),
        "add to its caps: osd 'profile rbd pool=%s%s'".formatted(pool.name(), where));
  }

  private static boolean isRefused(Try right) throws CephException {
    return fails(right, Errno.EPERM, Errno.EACCES);
  }

  private static boolean isPossible(Try right) throws CephException {
    return !fails(right, Errno.EOPNOTSUPP);
  }

  private static boolean fails(Try right, int... errnos) throws CephException {
    try {
      right.once();
      return false;
    } catch (CephException e) {
      if (e.is(errnos)) {
        return true;
      }
      throw e;
    }
  }
}
