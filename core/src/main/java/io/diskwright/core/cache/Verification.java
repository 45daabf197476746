package io.diskwright.core.cache;

import io.diskwright.spi.backend.BaseRecord;
import java.util.Objects;

/**
 * What was found when a base was read again.
 *
 * @param base the base
 * @param state what it is
 * @param detail more of it, as words for a person; empty when it is sound
 */
public record Verification(BaseRecord base, State state, String detail) {
  /** What a base can be found to be. */
  public enum State {
    /** It reads as it did when it was published. */
    SOUND,
    /** It reads otherwise, or cannot be read: no disk should be made of it. */
    DAMAGED,
    /** It cannot be told, because no checksum was computed when it was filled. */
    UNKNOWN,
    /** It was evicted while it was looked at. */
    GONE
  }

  /** Checks that nothing is null. */
  public Verification {
    Objects.requireNonNull(base, "base");
    Objects.requireNonNull(state, "state");
    Objects.requireNonNull(detail, "detail");
  }
}
