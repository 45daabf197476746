package io.diskwright.core.fill;

import java.time.Duration;
import java.util.Objects;

/**
 * What bounds the filling of a pool's bases.
 *
 * @param conversion how long a conversion may take in all
 * @param stall how long it may go without reading or writing anything
 * @param atOnce how many bases are filled at once, 1 or more
 */
public record FillLimits(Duration conversion, Duration stall, int atOnce) {
  /**
   * Checks that nothing is null.
   *
   * @throws IllegalArgumentException when {@code atOnce} is less than 1
   */
  public FillLimits {
    Objects.requireNonNull(conversion, "conversion");
    Objects.requireNonNull(stall, "stall");
    if (atOnce < 1) {
      throw new IllegalArgumentException("fills at once (%d) must be 1 or more".formatted(atOnce));
    }
  }
}
