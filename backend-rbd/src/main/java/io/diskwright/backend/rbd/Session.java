package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.LockRequest;
import io.diskwright.backend.rbd.ceph.ObjectWrite;
import io.diskwright.toolkit.os.Errno;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
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

  /** What a session's entry calls its client's address. */
  static final String ADDRESS = "address";

  private final Connection connection;
  private final Index index;
  private final Duration lease;

  /** Guarded by this. */
  private @Nullable Begun begun;

  Session(Connection connection, Index index, Duration lease) {
    this.connection = connection;
    this.index = index;
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
    while (now == null || !now.renewal.isHeld() || !isOfOurClient(now.entry)) {
      if (now != null) {
        LOG.warn("session {} is over; another begins", now.entry.key());
        now.renewal.end();
      }
      now = begin();
      begun = now;
    }
    return now.entry;
  }

  /** Who shuts out the client that a session names must shut out the one that works under it. */
  private boolean isOfOurClient(Entry entry) throws CephException {
    return entry.text().contains('\n' + ADDRESS + '=' + connection.cluster().address() + '\n');
  }

  /** Begins another session the next time: this one's client is no more. */
  synchronized void forget() {
    if (begun != null) {
      forget(begun.entry);
    }
  }

  /** Begins another session the next time, when it still is the one of this entry. */
  synchronized void forget(Entry entry) {
    Begun now = begun;
    if (now != null && now.entry.equals(entry)) {
      now.renewal.end();
      begun = null;
    }
  }

  /** A sweep that comes in between takes it for one that has lapsed. */
  private Begun begin() throws CephException {
    while (true) {
      Optional<Begun> begun = tryBegin();
      if (begun.isPresent()) {
        return begun.get();
      }
    }
  }

  /** The entry first: nobody ever finds a lock's object that no entry names. */
  private Optional<Begun> tryBegin() throws CephException {
    String id = UUID.randomUUID().toString();
    String object = object(id);
    Map<String, String> values = new TreeMap<>(Client.describe());
    values.put(ADDRESS, connection.cluster().address());
    values.put("started", Instant.now().toString());
    Entry entry = Index.entry(IndexKeys.session(id), values);
    if (!index.change().ifAbsent(entry.key()).set(entry).make()) {
      throw new IllegalStateException("two sessions have the id " + id);
    }
    long asked = System.nanoTime();
    if (!lock(object, entry)) {
      return Optional.empty();
    }
    Leases.Renewal renewal = connection.leases().renew(lease, () -> renew(object, entry), asked);
    return Optional.of(new Begun(entry, object, renewal));
  }

  /** Returns whether it is locked, and has not been swept. */
  private boolean lock(String object, Entry entry) throws CephException {
    try {
      connection.pool().lock(object, request(false));
    } catch (CephException e) {
      if (e.is(Errno.EBUSY)) {
        return false; // who sweeps it
      }
      throw e;
    }
    if (index.find(entry.key()).filter(entry::equals).isPresent()) {
      return true;
    }
    connection.pool().write(ObjectWrite.on(object).remove());
    return false;
  }

  private LockRequest request(boolean renew) {
    return new LockRequest(LOCK, COOKIE, Client.name(), "", true, lease, renew);
  }

  /**
   * Returns whether the session lives on. One whose lease has lapsed while nobody looked does: who
   * sweeps it holds its lock, and changes its entry, before anything else.
   */
  private boolean renew(String object, Entry entry) throws CephException {
    try {
      connection.pool().lock(object, request(true));
      return true;
    } catch (CephException e) {
      if (e.is(Errno.EBUSY)) {
        return false;
      }
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
    return lock(object, entry);
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
        connection.pool().write(ObjectWrite.on(now.object).remove());
        boolean unused = index.change().ifStill(now.entry).remove(now.entry.key()).make();
      }
    } catch (CephException e) {
      LOG.warn("session {} is left to be swept: {}", now.entry.key(), e.getMessage());
    }
  }
}
