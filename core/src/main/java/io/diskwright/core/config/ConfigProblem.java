package io.diskwright.core.config;

import java.util.Objects;

/**
 * One thing that is wrong with a configuration.
 *
 * @param where where it is written: {@code file:line}, {@code environment variable NAME}, {@code
 *     -o}
 * @param message what is wrong, as one line without a full stop; never a secret
 */
public record ConfigProblem(String where, String message) {
  /** Checks that nothing is null. */
  public ConfigProblem {
    Objects.requireNonNull(where, "where");
    Objects.requireNonNull(message, "message");
  }

  @Override
  public String toString() {
    return where + ": " + message;
  }
}
