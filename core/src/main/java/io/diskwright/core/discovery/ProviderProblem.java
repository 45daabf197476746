package io.diskwright.core.discovery;

import java.util.Objects;
import java.util.Optional;

/**
 * Why a provider, or all that a jar offers, cannot be used.
 *
 * @param kind what it would have provided
 * @param id the id that cannot be used because of this, empty when it is not known
 * @param className the provider's class, empty when it is not known
 * @param jar the jar or folder that offers it, empty when it is not known
 * @param message what is wrong, as one line without a full stop
 * @param cause what was thrown
 */
public record ProviderProblem(
    ProviderKind kind,
    String id,
    String className,
    String jar,
    String message,
    Optional<Throwable> cause) {
  /** Checks that nothing is null. */
  public ProviderProblem {
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(className, "className");
    Objects.requireNonNull(jar, "jar");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(cause, "cause");
  }

  /** Returns jar, class and message as one line. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    if (!jar.isEmpty()) {
      line.append(jar).append(": ");
    }
    if (!className.isEmpty()) {
      line.append(className).append(": ");
    }
    return line.append(message).toString();
  }
}
