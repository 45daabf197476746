package io.diskwright.spi.call;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.time.Duration;
import java.util.Objects;

/**
 * What accompanies one call: until when it may take, who may end it early, whom it tells how far it
 * is. Immutable and thread-safe.
 */
public final class Call {
  private final Deadline deadline;
  private final Cancellation cancellation;
  private final Progress progress;

  private Call(Deadline deadline, Cancellation cancellation, Progress progress) {
    this.deadline = Objects.requireNonNull(deadline, "deadline");
    this.cancellation = Objects.requireNonNull(cancellation, "cancellation");
    this.progress = Objects.requireNonNull(progress, "progress");
  }

  /** Returns a call that may take this long, that nobody cancels and that tells nobody. */
  public static Call within(Duration duration) {
    return new Call(Deadline.after(duration), new Cancellation(), Progress.NONE);
  }

  /** Returns a call with all its parts. */
  public static Call of(Deadline deadline, Cancellation cancellation, Progress progress) {
    return new Call(deadline, cancellation, progress);
  }

  /** Returns until when it may take. */
  public Deadline deadline() {
    return deadline;
  }

  /** Returns the token that ends it early. */
  public Cancellation cancellation() {
    return cancellation;
  }

  /** Returns whom it tells how far it is. */
  public Progress progress() {
    return progress;
  }

  /**
   * Ends the call if it has been cancelled, its thread has been interrupted, or its deadline is
   * past; long work asks this often, at points where nothing is half-made. The thread stays
   * interrupted.
   *
   * @param doing what is being done, as it would follow "cannot"
   * @throws DiskException with reason {@code CANCELLED} or {@code UNAVAILABLE}
   */
  public void check(String doing) throws DiskException {
    if (cancellation.isCancelled() || Thread.currentThread().isInterrupted()) {
      throw DiskException.of(Reason.CANCELLED, doing)
          .said("it was cancelled")
          .remedy("try again when it is wanted after all")
          .build();
    }
    if (deadline.isPast()) {
      throw DiskException.of(Reason.UNAVAILABLE, doing)
          .said("its deadline is past")
          .remedy("allow more time with a later deadline")
          .build();
    }
  }
}
