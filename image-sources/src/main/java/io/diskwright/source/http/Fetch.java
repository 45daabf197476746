package io.diskwright.source.http;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.time.Duration;
import org.apache.hc.core5.concurrent.Cancellable;
import org.jspecify.annotations.Nullable;

/**
 * What one thread fetches for a call. Blocking reads hear of no deadline, so that somebody else
 * aborts it: {@link #abort} may be called from any thread.
 */
public final class Fetch {
  /**
   * Something that is fetched.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  public interface Work<T> {
    /** Fetches it. */
    T run(Fetch fetch) throws DiskException;
  }

  private final Call call;
  private final String tried;
  private @Nullable Cancellable request;
  private boolean aborted;

  /**
   * Makes one.
   *
   * @param call what bounds it
   * @param tried what is tried, as it would follow "cannot"
   */
  Fetch(Call call, String tried) {
    this.call = call;
    this.tried = tried;
  }

  /** Returns what is tried, as it would follow "cannot". */
  public String tried() {
    return tried;
  }

  Call call() {
    return call;
  }

  /** Ends what is under way, and everything that is begun from now on. */
  void abort() {
    Cancellable current;
    synchronized (this) {
      aborted = true;
      current = request;
      notifyAll();
    }
    if (current != null) {
      current.cancel();
    }
  }

  /** Notes what is to be ended by {@link #abort}. */
  void begin(Cancellable next) throws DiskException {
    check();
    boolean late;
    synchronized (this) {
      request = next;
      late = aborted;
    }
    if (late) {
      next.cancel();
    }
  }

  /**
   * Fails when it is over.
   *
   * @throws DiskException with reason {@code CANCELLED} or {@code UNAVAILABLE} when it was aborted,
   *     or its call is over
   */
  public void check() throws DiskException {
    call.check(tried);
    synchronized (this) {
      if (aborted) {
        throw DiskException.of(Reason.CANCELLED, tried)
            .said("it was closed while it was being read")
            .remedy("read before closing")
            .build();
      }
    }
  }

  /** Waits, but not beyond the end of the call. */
  void pause(Duration duration) throws DiskException {
    long end = System.nanoTime() + duration.toNanos();
    long left = duration.toNanos();
    while (left > 0) {
      check();
      Waiting.on(this, Math.min(left, Waiting.STEP_NANOS));
      left = end - System.nanoTime();
    }
    check();
  }
}
