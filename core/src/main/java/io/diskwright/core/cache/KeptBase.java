package io.diskwright.core.cache;

import io.diskwright.spi.backend.BaseUsage;
import java.util.Objects;

/**
 * A base that stays when others are pruned.
 *
 * @param usage the base, and who needs it
 * @param reason why it stays, as words for a person
 */
public record KeptBase(BaseUsage usage, String reason) {
  /** Checks that nothing is null. */
  public KeptBase {
    Objects.requireNonNull(usage, "usage");
    Objects.requireNonNull(reason, "reason");
  }
}
