package io.diskwright.core.provision;

import java.time.Duration;
import java.util.Objects;

/**
 * One thing that was done.
 *
 * @param name a word for it, such as {@code overlay}, {@code reflink}, {@code convert}
 * @param detail what it was done with, as words for a person
 * @param bytesMoved how many bytes were moved: those that a copy wrote, those that a conversion
 *     read
 * @param took how long it took
 */
public record Step(String name, String detail, long bytesMoved, Duration took) {
  /** Checks that nothing is null. */
  public Step {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(detail, "detail");
    Objects.requireNonNull(took, "took");
  }
}
