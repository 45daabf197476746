package io.diskwright.spi;

import java.util.Objects;

/**
 * Yes, or no with a reason: what a question returns that may be refused without anything being
 * wrong.
 *
 * @param yes whether the answer is yes
 * @param reason why not, as one clause without a full stop; empty when the answer is yes
 */
public record Answer(boolean yes, String reason) {
  private static final Answer YES = new Answer(true, "");

  /**
   * Checks that a refusal has a reason.
   *
   * @throws IllegalArgumentException when the answer is no and the reason is blank
   */
  public Answer {
    Objects.requireNonNull(reason, "reason");
    if (!yes && reason.isBlank()) {
      throw new IllegalArgumentException("reason must not be blank when the answer is no");
    }
  }

  /** Returns the answer yes. */
  public static Answer ofYes() {
    return YES;
  }

  /**
   * Returns the answer no.
   *
   * @param reason why not, as one clause without a full stop
   * @throws IllegalArgumentException when {@code reason} is blank
   */
  public static Answer no(String reason) {
    return new Answer(false, reason);
  }
}
