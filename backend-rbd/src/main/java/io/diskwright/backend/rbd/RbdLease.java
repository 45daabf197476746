package io.diskwright.backend.rbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.ObjectWrite;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import io.diskwright.toolkit.os.Errno;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A lock that is held, and renewed until it is given back or has lapsed. */
final class RbdLease implements Lease {
  private static final Logger LOG = LoggerFactory.getLogger(RbdLease.class);
  private static final String DOING = "doing";

  /** What waits is told at most this often how far the work is. */
  private static final Duration REPORT_PAUSE = Duration.ofSeconds(1);

  private final RbdLocks locks;
  private final LockKey key;
  private final LockMode mode;
  private final String cookie;
  private final Leases.Renewal renewal;
  private final AtomicBoolean closed = new AtomicBoolean();
  private final AtomicBoolean reporting = new AtomicBoolean();
  private volatile String doing = "";

  RbdLease(RbdLocks locks, LockKey key, LockMode mode, String cookie, long asked) {
    this.locks = locks;
    this.key = key;
    this.mode = mode;
    this.cookie = cookie;
    this.renewal =
        locks
            .connection()
            .leases()
            .renew(locks.lease(), () -> locks.renew(key, mode, cookie), asked);
  }

  @Override
  public LockKey key() {
    return key;
  }

  @Override
  public LockMode mode() {
    return mode;
  }

  @Override
  public boolean isHeld() {
    return !closed.get() && renewal.isHeld();
  }

  @Override
  public void report(String words) {
    doing = words;
    if (mode == LockMode.EXCLUSIVE && !words.isEmpty() && reporting.compareAndSet(false, true)) {
      locks.connection().leases().later(REPORT_PAUSE, this::tell);
    }
  }

  private void tell() {
    reporting.set(false);
    if (!isHeld()) {
      return;
    }
    try {
      locks
          .connection()
          .pool()
          .write(
              ObjectWrite.on(RbdLocks.object(key))
                  .assertLocked(RbdLocks.LOCK, cookie)
                  .setOmap(DOING, doing.getBytes(UTF_8)));
    } catch (CephException | IllegalStateException e) {
      LOG.debug("who waits for {} is not told how far it is", key, e);
    }
  }

  /** Returns what the holder of a lock says that it does. */
  static Optional<String> doing(CephPool pool, String object) throws CephException {
    Optional<SortedMap<String, byte[]>> omap = pool.readOmap(object, List.of(DOING));
    return omap.map(values -> values.get(DOING)).map(value -> new String(value, UTF_8));
  }

  /** A cluster that does not answer keeps nobody waiting: then the lock goes a little later. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      renewal.end();
      locks.connection().calls().finish(Call.within(Duration.ZERO), this::giveBack);
    }
  }

  /**
   * A lock that was held alone goes with its object; else locks of long ago would fill the pool.
   */
  private void giveBack() {
    CephPool pool = locks.connection().pool();
    String object = RbdLocks.object(key);
    try {
      if (mode == LockMode.EXCLUSIVE) {
        pool.write(ObjectWrite.on(object).assertLocked(RbdLocks.LOCK, cookie).remove());
      } else {
        boolean unused = pool.unlock(object, RbdLocks.LOCK, cookie);
      }
    } catch (CephException e) {
      if (!e.is(Errno.ENOENT, Errno.EBUSY)) { // it had lapsed, and is another's now
        LOG.warn("{} goes when its lease lapses: {}", key, e.getMessage());
      }
    } finally {
      locks.connection().release();
    }
  }
}
