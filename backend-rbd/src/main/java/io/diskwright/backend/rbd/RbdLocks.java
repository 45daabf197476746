package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.LockRequest;
import io.diskwright.backend.rbd.ceph.Locker;
import io.diskwright.backend.rbd.ceph.Lockers;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The locks of a pool, on its cluster: across all hosts. Each is a lock of RADOS on an object of
 * its own, with a lease that is renewed; the cluster's clock counts. Any thread.
 *
 * <p>RADOS tells nobody when a lock is free, so who waits asks again, more seldom the longer it
 * waits.
 */
final class RbdLocks implements LockManager {
  static final String LOCK = "lock";

  private static final String TRIED = "take lock";
  private static final long GLANCE_NANOS = Duration.ofMillis(50).toNanos();
  private static final long SHORTEST_PAUSE_NANOS = Duration.ofMillis(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofSeconds(1).toNanos();

  /** Who has waited for long asks rarely: of that time, this part is lost at the most. */
  private static final int PART_OF_WAIT = 8;

  private final String pool;
  private final Connection connection;
  private final RbdSettings settings;
  private volatile boolean closed;

  RbdLocks(String pool, Connection connection, RbdSettings settings) {
    this.pool = pool;
    this.connection = connection;
    this.settings = settings;
  }

  /** Returns the object of a lock. */
  static String object(LockKey key) {
    return "diskwright.lock." + key.scope().name().toLowerCase(Locale.ROOT) + '.' + key.name();
  }

  @Override
  public Lease acquire(LockKey key, LockMode mode, Call call) throws DiskException {
    call.check(TRIED);
    Optional<Lease> taken = takeInTime(key, mode, call);
    return taken.isPresent() ? taken.get() : await(key, mode, call);
  }

  private Lease await(LockKey key, LockMode mode, Call call) throws DiskException {
    long start = System.nanoTime();
    while (true) {
      Holders holders = holders(key, call);
      call.progress().report("waiting for " + key + holders.told(), 0, -1);
      pause(System.nanoTime() - start, call);
      if (call.deadline().isPast() && !call.cancellation().isCancelled()) {
        throw late(key, holders);
      }
      call.check(TRIED);
      Optional<Lease> taken = takeInTime(key, mode, call);
      if (taken.isPresent()) {
        return taken.get();
      }
    }
  }

  /** Of many who wait, no two ask at the same moments. */
  private static void pause(long waited, Call call) {
    long longest =
        Math.max(SHORTEST_PAUSE_NANOS, Math.min(LONGEST_PAUSE_NANOS, 2 * waited / PART_OF_WAIT));
    long nanos = ThreadLocalRandom.current().nextLong(longest);
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      if (call.cancellation().isCancelled() || Thread.currentThread().isInterrupted()) {
        return;
      }
      long untilDeadline = call.deadline().remaining().toNanos();
      if (untilDeadline <= 0) {
        return;
      }
      LockSupport.parkNanos(Math.min(Math.min(left, GLANCE_NANOS), untilDeadline));
    }
  }

  private DiskException late(LockKey key, Holders holders) {
    return DiskException.of(Reason.UNAVAILABLE, TRIED)
        .pool(pool)
        .resource(key.toString())
        .said("it was not free before the deadline" + holders.told())
        .remedy("try again later, or allow more time with a later deadline")
        .build();
  }

  /**
   * Whose deadline is past already may still ask once, as long as the cluster has for an answer.
   */
  @Override
  public Optional<Lease> tryAcquire(LockKey key, LockMode mode, Call call) throws DiskException {
    Deadline deadline =
        call.deadline().isPast() ? Deadline.after(settings.access().timeout()) : call.deadline();
    return takeInTime(key, mode, Call.of(deadline, call.cancellation(), call.progress()));
  }

  /** What is taken when nobody waits any more is given back. */
  private Optional<Lease> takeInTime(LockKey key, LockMode mode, Call call) throws DiskException {
    return ask(key, call, gate -> take(key, mode), lease -> lease.ifPresent(Lease::close));
  }

  private <T> T ask(LockKey key, Call call, BoundedCalls.Work<T> question, Consumer<T> discard)
      throws DiskException {
    requireOpen();
    try {
      return connection.calls().run(call, TRIED, question, discard);
    } catch (DiskException e) {
      throw e.on(pool, key.toString());
    } catch (IOException e) {
      throw new IllegalStateException("nothing else fails here", e);
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the locks of pool (%s) are closed".formatted(pool));
    }
  }

  private Optional<Lease> take(LockKey key, LockMode mode) throws DiskException {
    requireOpen();
    String cookie = Client.name() + ' ' + UUID.randomUUID();
    long asked = System.nanoTime();
    connection.retain();
    boolean taken = false;
    try {
      connection.pool().lock(object(key), request(mode, cookie, false));
      taken = true;
      return Optional.of(new RbdLease(this, key, mode, cookie, asked));
    } catch (CephException e) {
      if (e.is(Errno.EBUSY)) {
        return Optional.empty();
      }
      throw CephErrors.toFailure(e, TRIED).pool(pool).resource(key.toString()).build();
    } finally {
      if (!taken) {
        connection.release();
      }
    }
  }

  private LockRequest request(LockMode mode, String cookie, boolean renew) {
    boolean exclusive = mode == LockMode.EXCLUSIVE;
    return new LockRequest(LOCK, cookie, Client.name(), "", exclusive, settings.lease(), renew);
  }

  /** Renews a lease; returns whether it was still held. */
  boolean renew(LockKey key, LockMode mode, String cookie) throws CephException {
    try {
      connection.pool().lock(object(key), request(mode, cookie, true));
      return true;
    } catch (CephException e) {
      if (e.is(Errno.ENOENT, Errno.EBUSY)) {
        return false;
      }
      throw e;
    }
  }

  Connection connection() {
    return connection;
  }

  Duration lease() {
    return settings.lease();
  }

  /** Who holds a lock, and what they say that they do. */
  private record Holders(List<String> names, Optional<String> doing) {
    String told() {
      if (names.isEmpty()) {
        return "";
      }
      return ", held by " + String.join(" and ", names) + doing.map(text -> ": " + text).orElse("");
    }
  }

  private Holders holders(LockKey key, Call call) throws DiskException {
    return ask(key, call, gate -> holders(key), unused -> {});
  }

  private Holders holders(LockKey key) throws DiskException {
    try {
      Lockers lockers = connection.pool().lockers(object(key), LOCK);
      List<String> names =
          lockers.all().stream().map(RbdLocks::name).distinct().collect(Collectors.toList());
      return new Holders(names, RbdLease.doing(connection.pool(), object(key)));
    } catch (CephException e) {
      throw CephErrors.toFailure(e, TRIED).pool(pool).resource(key.toString()).build();
    }
  }

  private static String name(Locker locker) {
    int space = locker.cookie().lastIndexOf(' ');
    return space < 0 ? locker.client() : locker.cookie().substring(0, space);
  }

  @Override
  public void close() {
    closed = true;
  }
}
