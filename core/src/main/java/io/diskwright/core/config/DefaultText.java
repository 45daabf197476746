package io.diskwright.core.config;

import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Sizes;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Writes a key's default as a person would write it. */
final class DefaultText {
  private static final String SIZE = ConfigKey.size("size", "").type();

  private DefaultText() {}

  static String of(ConfigKey<?> key, Object value) {
    if (value instanceof Duration duration) {
      return of(duration);
    }
    if (value instanceof List<?> items) {
      return items.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
    return value instanceof Long bytes && key.type().equals(SIZE)
        ? Sizes.format(bytes)
        : value.toString();
  }

  private static String of(Duration duration) {
    if (duration.toMillisPart() != 0 || duration.isZero()) {
      return duration.toMillis() + "ms";
    }
    if (duration.toSecondsPart() != 0) {
      return duration.toSeconds() + "s";
    }
    return duration.toMinutesPart() == 0 ? duration.toHours() + "h" : duration.toMinutes() + "m";
  }
}
