package io.diskwright.core.fill;

import java.time.Duration;
import java.util.Objects;

/**
 * How long a conversion may take.
 *
 * @param conversion in all
 * @param stall without reading or writing anything
 */
public record FillLimits(Duration conversion, Duration stall) {
  /** Checks that nothing is null. */
  public FillLimits {
    Objects.requireNonNull(conversion, "conversion");
    Objects.requireNonNull(stall, "stall");
  }
}
