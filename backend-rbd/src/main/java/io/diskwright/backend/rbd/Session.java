package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephCluster;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.LockRequest;
import io.diskwright.backend.rbd.ceph.ObjectWrite;
import io.diskwright.toolkit.os.Errno;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * That this client lives, for as long as it makes images: a lock with a lease that it renews. Who
 * finds the lease lapsed may sweep what the session was making; its attempts are over then, whether
 * the client knows it or not. Any thread.
 */
final class Session implements AutoCloseable {
  static final String LOCK = "alive";

  private static final Logger LOG = LoggerFactory.getLogger(Session.class);
  private static final String COOKIE = "session";

  private final CephCluster cluster;
  private final CephPool pool;
  private final Index index;
  private final Leases leases;
  private final Duration lease;

  /** Guarded by this. */
  private @Nullable Begun begun;

  Session(CephCluster cluster, CephPool pool, Index index, Leases leases, Duration lease) {
    this.cluster = cluster;
    this.pool = pool;
    this.index = index;
    this.leases = leases;
    this.lease = lease;
  }

  /** A session that has begun: its entry in the index, its lock's object, and who renews that. */
  private record Begun(Entry entry, String object, Leases.Renewal renewal) {}

  /** Returns the lock's object of a session. */
  static String object(String id) {
    return "diskwright.session." + id;
  }

  /** Returns this session's entry; begins the session when it has not, or when it has lapsed. */
  synchronized Entry entry() throws CephException {
    Begun now = begun;
    if (now == null || !now.renewal.isHeld()) {
      if (now != null) {
        LOG.warn("session {} has lapsed; another begins", now.entry.key());
        now.renewal.end();
      }
      now = begin();
      begun = now;
    }
    return now.entry;
  }

  /** The lock first: an entry without a lock is one that has lapsed. */
  private Begun begin() throws CephException {
    String id = UUID.randomUUID().toString();
    String object = object(id);
    pool.lock(object, request(false));
    Leases.Renewal renewal = leases.renew(lease, () -> renew(object));
    Map<String, String> values = new TreeMap<>(Client.describe());
    values.put("address", cluster.address());
    values.put("started", Instant.now().toString());
    Entry entry = Index.entry(IndexKeys.session(id), values);
    if (!index.change().ifAbsent(entry.key()).set(entry).make()) {
      throw new IllegalStateException("two sessions have the id " + id);
    }
    return new Begun(entry, object, renewal);
  }

  private LockRequest request(boolean renew) {
    return new LockRequest(LOCK, COOKIE, Client.name(), "", true, lease, renew);
  }

  /** Returns whether the lock was still ours to renew. */
  private boolean renew(String object) throws CephException {
    try {
      pool.lock(object, request(true));
      return true;
    } catch (CephException e) {
      if (e.is(Errno.ENOENT, Errno.EBUSY)) {
        return false;
      }
      throw e;
    }
  }

  /** Ends the session; what it could not clear up is left to be swept, with its entry. */
  @Override
  public synchronized void close() {
    Begun now = begun;
    begun = null;
    if (now == null) {
      return;
    }
    now.renewal.end();
    try {
      if (!Attempt.areOf(index, now.entry)) {
        boolean unused = index.change().ifStill(now.entry).remove(now.entry.key()).make();
        pool.write(ObjectWrite.on(now.object).remove());
      }
    } catch (CephException e) {
      LOG.warn("session {} is left to be swept: {}", now.entry.key(), e.getMessage());
    }
  }
}
