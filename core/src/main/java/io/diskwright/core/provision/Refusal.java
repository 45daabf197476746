package io.diskwright.core.provision;

import java.util.Objects;

/**
 * A faster way that could not be taken.
 *
 * @param way what it was, such as {@code clone rbd://…} or {@code reflink}
 * @param reason why not
 */
public record Refusal(String way, String reason) {
  /** Checks that nothing is null. */
  public Refusal {
    Objects.requireNonNull(way, "way");
    Objects.requireNonNull(reason, "reason");
  }
}
