package io.diskwright.spi.call;

import java.time.Duration;

/**
 * The moment by which a call must be over, on the monotonic clock; immutable.
 *
 * <p>Every native call and child process is bounded by one (promise P7).
 */
public final class Deadline {
  private static final Duration LONGEST = Duration.ofDays(365);

  private final long nanoTime;

  private Deadline(long nanoTime) {
    this.nanoTime = nanoTime;
  }

  /**
   * Returns the deadline that is this far from now.
   *
   * @param duration how long from now; anything above a year counts as a year
   * @throws IllegalArgumentException when {@code duration} is negative
   */
  public static Deadline after(Duration duration) {
    if (duration.isNegative()) {
      throw new IllegalArgumentException("duration (%s) must not be negative".formatted(duration));
    }
    Duration bounded = duration.compareTo(LONGEST) > 0 ? LONGEST : duration;
    return new Deadline(System.nanoTime() + bounded.toNanos());
  }

  /** Returns the time that is left, zero when it is past. */
  public Duration remaining() {
    return Duration.ofNanos(Math.max(0, nanoTime - System.nanoTime()));
  }

  /** Returns whether it is past. */
  public boolean isPast() {
    return nanoTime - System.nanoTime() <= 0;
  }

  /** Returns the earlier of this one and another. */
  public Deadline earlierOf(Deadline other) {
    return nanoTime - other.nanoTime <= 0 ? this : other;
  }
}
