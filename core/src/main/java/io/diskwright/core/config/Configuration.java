package io.diskwright.core.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A configuration without problems; immutable and thread-safe.
 *
 * <p>{@link ConfigurationLoader} makes it. It holds secrets, and shows none of them.
 */
public final class Configuration {
  static final String BUILT_IN = "built-in";

  private final String origin;
  private final ConfigValue defaultPool;
  private final Map<String, PoolConfig> pools;
  private final Map<String, SourceConfig> sources;

  Configuration(
      String origin,
      ConfigValue defaultPool,
      Map<String, PoolConfig> pools,
      Map<String, SourceConfig> sources) {
    this.origin = origin;
    this.defaultPool = defaultPool;
    this.pools = Collections.unmodifiableMap(new LinkedHashMap<>(pools));
    this.sources = Collections.unmodifiableMap(new LinkedHashMap<>(sources));
  }

  /** Returns the file that was read, or {@code built-in} when there is none. */
  public String origin() {
    return origin;
  }

  /** Returns the name of the pool that is used when none is named; one of {@link #pools}. */
  public String defaultPool() {
    return defaultPool.value();
  }

  /** Returns the default pool with where it is written. */
  public ConfigValue defaultPoolValue() {
    return defaultPool;
  }

  /** Returns the pools by name, in the order in which they are written; at least one. */
  public Map<String, PoolConfig> pools() {
    return pools;
  }

  /**
   * Returns the image sources by id: those that are configured, then those that were found and need
   * no configuration. A source that is found but not here has keys that must be configured.
   */
  public Map<String, SourceConfig> sources() {
    return sources;
  }
}
