package io.diskwright.spi.backend;

import io.diskwright.spi.Answer;
import java.util.Objects;

/**
 * A way in which a pool can make a disk from a base.
 *
 * @param name a word for it: {@code reflink}, {@code overlay}, {@code snapshot}, {@code clone},
 *     {@code copy}
 * @param possible yes, or no with the reason
 */
public record Way(String name, Answer possible) {
  /** Checks that nothing is null. */
  public Way {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(possible, "possible");
  }
}
