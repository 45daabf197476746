package io.diskwright.core.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A configuration as written, layer upon layer, not checked yet; one thread. */
final class Draft {
  static final String DEFAULT_POOL = "default-pool";
  static final String POOLS = "pools";
  static final String SOURCES = "sources";

  private final Origin origin;
  private final Map<String, Section> pools = new LinkedHashMap<>();
  private final Map<String, Section> sources = new LinkedHashMap<>();
  private @Nullable Written defaultPool;
  private boolean poolsBroken;

  /** Starts one; {@code origin} is the file as a whole. */
  Draft(Origin origin) {
    this.origin = origin;
  }

  static List<String> keys() {
    return List.of(DEFAULT_POOL, POOLS, SOURCES);
  }

  Origin origin() {
    return origin;
  }

  Optional<Written> defaultPool() {
    return Optional.ofNullable(defaultPool);
  }

  void defaultPool(Written name) {
    defaultPool = name;
  }

  Map<String, Section> pools() {
    return pools;
  }

  Map<String, Section> sources() {
    return sources;
  }

  /** Returns the pools or the sources. */
  Map<String, Section> table(String name) {
    return name.equals(POOLS) ? pools : sources;
  }

  /** Returns a section, which is begun at {@code where} when it is not there. */
  Section section(String table, String name, Origin where) {
    return table(table).computeIfAbsent(name, key -> new Section(table, key, where));
  }

  /** Notes that the pools could not be read, which has been reported. */
  void markPoolsBroken() {
    poolsBroken = true;
  }

  boolean arePoolsBroken() {
    return poolsBroken;
  }
}
