package io.diskwright.core.fill;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Holds one fill's writing back to a rate; one thread.
 *
 * <p>Time in which less was written than might have been is made up for a tenth of a second at the
 * most, so that reading zeros does not end in a burst.
 */
final class Pace {
  private static final long NANOS = Duration.ofSeconds(1).toNanos();
  private static final long CREDIT_NANOS = Duration.ofMillis(100).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(50).toNanos();

  private final Optional<Long> rate;
  private final Clock clock;
  private long due;

  /** The time, and how it is passed. */
  interface Clock {
    /** The time of this machine. */
    Clock SYSTEM =
        new Clock() {
          @Override
          public long nanoTime() {
            return System.nanoTime();
          }

          @Override
          public void pause(long nanos) {
            LockSupport.parkNanos(nanos);
          }
        };

    long nanoTime();

    void pause(long nanos);
  }

  /** Takes how many bytes per second may be written; empty for no limit. */
  Pace(Optional<Long> rate, Clock clock) {
    this.rate = rate;
    this.clock = clock;
    this.due = clock.nanoTime();
  }

  /**
   * Waits until what was written before has had its time; to be asked before each write.
   *
   * @param bytes how many are written next, less than 2^32
   * @param call ends the wait by its deadline or its cancellation
   */
  void await(long bytes, Call call) throws DiskException {
    if (rate.isEmpty()) {
      return;
    }
    long left;
    while ((left = due - clock.nanoTime()) > 0) {
      call.check("copy image");
      clock.pause(Math.min(left, LONGEST_PAUSE_NANOS));
    }
    due += Math.max(0, -left - CREDIT_NANOS) + bytes * NANOS / rate.get();
  }
}
