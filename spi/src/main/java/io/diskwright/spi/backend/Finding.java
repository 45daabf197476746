package io.diskwright.spi.backend;

import io.diskwright.spi.Answer;
import java.util.Objects;

/**
 * One thing that a check of a pool looked at.
 *
 * @param subject what was looked at, such as "free space"
 * @param answer whether it is well, else what is wrong and what to do
 * @param note what was found, such as a version; may be empty
 */
public record Finding(String subject, Answer answer, String note) {
  /** Checks that nothing is null. */
  public Finding {
    Objects.requireNonNull(subject, "subject");
    Objects.requireNonNull(answer, "answer");
    Objects.requireNonNull(note, "note");
  }
}
