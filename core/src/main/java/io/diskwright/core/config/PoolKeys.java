package io.diskwright.core.config;

import io.diskwright.spi.config.ConfigKey;
import java.time.Duration;
import java.util.List;

/** The configuration keys that every pool has, whatever its backend. */
public final class PoolKeys {
  /** Which backend keeps the pool. */
  public static final ConfigKey<String> BACKEND =
      ConfigKey.text("backend", "The id of the pool's backend, such as qcow2.").asRequired();

  /** The largest virtual size of an image. */
  public static final ConfigKey<Long> VIRTUAL_SIZE_LIMIT =
      ConfigKey.size("virtual-size-limit", "Images of a larger virtual size are refused.")
          .withDefault(16L << 40);

  /** How long a conversion may take. */
  public static final ConfigKey<Duration> CONVERSION_DEADLINE =
      ConfigKey.duration("conversion-deadline", "How long the conversion of an image may take.")
          .withDefault(Duration.ofHours(2));

  /** How long nothing may happen. */
  public static final ConfigKey<Duration> STALL_TIMEOUT =
      ConfigKey.duration(
              "stall-timeout", "How long a conversion or copy may make no progress before it ends.")
          .withDefault(Duration.ofMinutes(2));

  private PoolKeys() {}

  /** Returns all of them but {@link #BACKEND}, in the order in which documentation lists them. */
  public static List<ConfigKey<?>> common() {
    return List.of(VIRTUAL_SIZE_LIMIT, CONVERSION_DEADLINE, STALL_TIMEOUT);
  }
}
