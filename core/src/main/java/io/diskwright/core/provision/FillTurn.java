package io.diskwright.core.provision;

import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.event.Span;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.error.UnavailableException;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The turn to fill a base of a pool. Turns are locks: there are as many as bases may be filled at
 * once by all who share the pool's lock manager.
 *
 * <p>One at a time looks for a turn that is free, in the order in which the lock manager lets them
 * in, so that nobody overtakes who waits and nobody starves. One thread.
 */
final class FillTurn {
  private static final LockKey QUEUE = new LockKey(LockKey.Scope.FILL, "queue");
  private static final long SHORTEST_PAUSE_NANOS = Duration.ofMillis(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();

  private final OpenPool pool;
  private final BaseKey key;
  private final LockManager locks;
  private final int count;
  private volatile boolean waited;

  FillTurn(OpenPool pool, BaseKey key) {
    this.pool = pool;
    this.key = key;
    this.locks = pool.backend().locks(); // its waits are one, and told here
    this.count = pool.fillLimits().atOnce();
  }

  /**
   * Waits for a turn.
   *
   * @return the turn, to be closed when the base is filled
   * @throws DiskException with reason {@code UNAVAILABLE} when the deadline came first, {@code
   *     CANCELLED}, or what the storage said
   */
  Lease take(Call call) throws DiskException {
    Span span = pool.events().begin(Kind.WAIT, key.value());
    span.describe("fill", 0, waiting());
    try {
      Lease turn = queue(Call.of(call.deadline(), call.cancellation(), told(call.progress())));
      if (waited) {
        span.succeeded();
      }
      return turn;
    } catch (Throwable e) {
      if (waited) {
        span.failed(e);
      }
      throw e;
    }
  }

  @SuppressWarnings("try") // the lease is held, not used
  private Lease queue(Call call) throws DiskException {
    try (Lease first = locks.acquire(QUEUE, LockMode.EXCLUSIVE, call)) {
      return look(call);
    } catch (UnavailableException e) {
      throw call.deadline().isPast() ? noTurn(e) : e;
    }
  }

  private Lease look(Call call) throws DiskException {
    long pause = SHORTEST_PAUSE_NANOS;
    while (true) {
      for (int i = 0; i < count; i++) {
        LockKey turn = new LockKey(LockKey.Scope.FILL, Integer.toString(i));
        Optional<Lease> lease = locks.tryAcquire(turn, LockMode.EXCLUSIVE, call);
        if (lease.isPresent()) {
          return lease.get();
        }
      }
      call.progress().report(waiting(), 0, -1);
      call.check("fill base");
      LockSupport.parkNanos(pause);
      pause = Math.min(LONGEST_PAUSE_NANOS, 2 * pause);
    }
  }

  /** Who waits for another's turn at looking waits for the same thing. */
  private Progress told(Progress progress) {
    return (step, done, total) -> {
      waited = true;
      progress.report(waiting(), 0, -1);
    };
  }

  private String waiting() {
    return "waiting for one of %d fills".formatted(count);
  }

  private DiskException noTurn(UnavailableException cause) {
    return DiskException.of(Reason.UNAVAILABLE, "fill base")
        .pool(pool.name().value())
        .resource(key.value())
        .said(
            "other bases were being filled, the pool fills %d at once, and the deadline is past"
                .formatted(count))
        .cause(cause)
        .remedy("allow more time, or raise the pool's fills-at-once")
        .build();
  }
}
