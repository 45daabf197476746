package io.diskwright.source.http;

import java.time.Duration;

/**
 * What decides how fetching goes, and has no configuration key.
 *
 * @param fast how many bytes per second are enough for one connection not to be helped by others
 * @param pause how long to wait before the second try in a row; each further wait is twice as long
 */
public record Tuning(long fast, Duration pause) {
  /** What it is but in tests. */
  public static final Tuning USUAL = new Tuning(100_000_000, Duration.ofMillis(500));

  /** For a service that may be restarted meanwhile: half a minute at the most, all pauses. */
  public static final Tuning PATIENT = new Tuning(USUAL.fast(), Duration.ofSeconds(2));
}
