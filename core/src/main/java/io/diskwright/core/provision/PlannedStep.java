package io.diskwright.core.provision;

import java.util.Objects;

/**
 * One thing that would be done.
 *
 * @param name a word for it, such as {@code overlay}, {@code reflink}, {@code convert}
 * @param detail what it would be done with, as words for a person
 * @param bytes how many bytes it would read at the most
 */
public record PlannedStep(String name, String detail, long bytes) {
  /** Checks that nothing is null. */
  public PlannedStep {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(detail, "detail");
  }
}
