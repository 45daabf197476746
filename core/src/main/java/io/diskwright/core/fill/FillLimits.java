package io.diskwright.core.fill;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Deadline;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * What bounds the filling of a pool's bases.
 *
 * @param conversion how long a conversion may take in all, besides what the bandwidth takes
 * @param stall how long a tool may go without reading or writing anything, besides the same
 * @param atOnce how many bases are filled at once, 1 or more
 * @param bandwidth how many bytes per second all of them may write together
 * @param requireCage whether no tool converts anything where the host does not offer all of the
 *     cage
 * @param expansion how many times as large as its packed bytes the data of an image may be
 */
public record FillLimits(
    Duration conversion,
    Duration stall,
    int atOnce,
    Optional<Long> bandwidth,
    boolean requireCage,
    long expansion) {
  /**
   * Checks that nothing is null.
   *
   * @throws IllegalArgumentException when {@code atOnce} or {@code bandwidth} is less than 1
   */
  public FillLimits {
    Objects.requireNonNull(conversion, "conversion");
    Objects.requireNonNull(stall, "stall");
    Objects.requireNonNull(bandwidth, "bandwidth");
    if (atOnce < 1 || bandwidth.orElse(1L) < 1) {
      throw new IllegalArgumentException(
          "fills at once (%d) and bandwidth (%s) must be 1 or more".formatted(atOnce, bandwidth));
    }
  }

  /**
   * Returns how many bytes per second one fill may write, 1 or more: an equal part, whether or not
   * there are others, so that the limit holds without anybody asking anybody.
   */
  Optional<Long> rate() {
    return bandwidth.map(bytes -> Math.max(1, bytes / atOnce));
  }

  /** Returns how long a fill must be given for so many bytes because of its rate. */
  Duration timeFor(long bytes) {
    return rate().map(rate -> Duration.ofSeconds(1 + bytes / rate)).orElse(Duration.ZERO);
  }

  /** Returns a call that ends when a conversion to so many bytes must be over, at the latest. */
  Call boundedFor(long bytes, Call call) {
    Deadline latest = Deadline.after(conversion.plus(timeFor(bytes)));
    return Call.of(call.deadline().earlierOf(latest), call.cancellation(), call.progress());
  }
}
