package io.diskwright.core.config;

import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * One pool as configured; immutable.
 *
 * @param name its name
 * @param backend the id of its backend, which was found when the configuration was loaded
 * @param settings the values of the keys that the backend's provider declares
 * @param common the values of {@link PoolKeys#common}
 * @param values every value as a person may see it: backend, the provider's keys, the common keys
 */
public record PoolConfig(
    PoolName name, String backend, Settings settings, Settings common, List<ConfigValue> values) {
  /** Copies the list. */
  public PoolConfig {
    values = List.copyOf(values);
  }

  /**
   * Returns the folder of the pool that is there without any configuration: it lies under the
   * user's data folder, whose parts may be made. Empty for a pool that somebody configured.
   */
  public Optional<Path> builtInFolder() {
    return values.stream()
        .filter(
            value -> value.key().equals("path") && value.origin().equals(Configuration.BUILT_IN))
        .map(value -> Path.of(value.value()))
        .findFirst();
  }
}
