package io.diskwright.core.lock;

import io.diskwright.core.event.Events;
import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.event.Span;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A pool's locks, whoever brings them, with an event for each wait; what is free makes none. */
public final class ObservedLocks implements LockManager {
  private final LockManager locks;
  private final Events events;

  /**
   * Wraps a pool's locks.
   *
   * @param locks the locks; they tell a call's progress when they make it wait
   * @param events whom to tell
   */
  public ObservedLocks(LockManager locks, Events events) {
    this.locks = locks;
    this.events = events;
  }

  @Override
  public Lease acquire(LockKey key, LockMode mode, Call call) throws DiskException {
    Span span = events.begin(Kind.WAIT, key.name());
    return span.isHeard() ? acquire(key, mode, call, span) : locks.acquire(key, mode, call);
  }

  private Lease acquire(LockKey key, LockMode mode, Call call, Span span) throws DiskException {
    Notice notice = new Notice(call.progress());
    try {
      Lease lease = locks.acquire(key, mode, Call.of(call.deadline(), call.cancellation(), notice));
      if (notice.waits()) {
        span.describe(scope(key), 0, notice);
        span.succeeded();
      }
      return lease;
    } catch (Throwable e) {
      if (notice.waits()) {
        span.describe(scope(key), 0, notice);
        span.failed(e);
      }
      throw e;
    }
  }

  @Override
  public Optional<Lease> tryAcquire(LockKey key, LockMode mode, Call call) throws DiskException {
    return locks.tryAcquire(key, mode, call);
  }

  private static String scope(LockKey key) {
    return key.scope().name().toLowerCase(Locale.ROOT);
  }

  @Override
  public void close() {
    locks.close();
  }

  /** Passes progress on, and notices by it that there is a wait. */
  private static final class Notice implements Progress {
    private final Progress progress;
    private volatile @Nullable String last;

    Notice(Progress progress) {
      this.progress = progress;
    }

    @Override
    public void report(String step, long done, long total) {
      last = step;
      progress.report(step, done, total);
    }

    boolean waits() {
      return last != null;
    }

    @Override
    public String toString() {
      return String.valueOf(last);
    }
  }
}
