package io.diskwright.core.config;

import io.diskwright.spi.config.Settings;
import java.util.List;

/**
 * One image source as configured; immutable.
 *
 * @param id its id
 * @param settings the values of the keys that its provider declares
 * @param values every value as a person may see it
 */
public record SourceConfig(String id, Settings settings, List<ConfigValue> values) {
  /** Copies the list. */
  public SourceConfig {
    values = List.copyOf(values);
  }
}
