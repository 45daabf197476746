package io.diskwright.core.config;

import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What is written about one pool or image source, not checked yet; one thread. */
final class Section {
  private final String table;
  private final String name;
  private final Origin origin;
  private final Map<String, Written> values = new LinkedHashMap<>();
  private final Set<String> spoiled = new HashSet<>();
  private boolean broken;

  Section(String table, String name, Origin origin) {
    this.table = table;
    this.name = name;
    this.origin = origin;
  }

  String name() {
    return name;
  }

  /** Returns where it begins. */
  Origin origin() {
    return origin;
  }

  /** Returns its path in the configuration, as messages name it. */
  String path() {
    return table + '.' + Printable.of(name);
  }

  /** Returns a key's path in the configuration, as messages name it. */
  String path(String key) {
    return path() + '.' + Printable.of(key);
  }

  Map<String, Written> values() {
    return values;
  }

  Optional<Written> find(String key) {
    return Optional.ofNullable(values.get(key));
  }

  void put(String key, Written value) {
    values.put(key, value);
  }

  /** Notes that a key has no usable value, which has been reported. */
  void spoil(String key) {
    spoiled.add(key);
  }

  boolean isSpoiled(String key) {
    return spoiled.contains(key);
  }

  /** Notes that nothing can be said about its keys, which has been reported. */
  void markBroken() {
    broken = true;
  }

  boolean isBroken() {
    return broken;
  }
}
