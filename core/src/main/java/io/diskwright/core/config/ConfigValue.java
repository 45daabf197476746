package io.diskwright.core.config;

import java.util.Objects;

/**
 * A key's value as a person may see it.
 *
 * @param key the key's name
 * @param value the value as written; of a secret, its reference such as {@code env:NAME}
 * @param origin where it is written: {@code file:line}, {@code environment variable NAME}, {@code
 *     -o}, {@code built-in}; or {@code default}
 * @param secret whether the key is secret
 * @param isDefault whether it is the key's default because nothing is written
 */
public record ConfigValue(
    String key, String value, String origin, boolean secret, boolean isDefault) {
  /** Checks that nothing is null. */
  public ConfigValue {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(origin, "origin");
  }
}
