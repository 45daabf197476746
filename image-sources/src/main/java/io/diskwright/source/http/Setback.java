package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** One request did not work; whoever sent it decides whether to try again. */
final class Setback extends Exception {
  private static final long serialVersionUID = 1L;

  /** What trying again may change. */
  enum Kind {
    /** Nothing. */
    FINAL,
    /** The server cannot be reached, which passes if it was there a moment ago. */
    UNREACHABLE,
    /** It may pass. */
    PASSING
  }

  private final Kind kind;
  private final DiskException failure;
  private final transient @Nullable Duration retryAfter;

  Setback(Kind kind, DiskException failure) {
    this(kind, failure, null);
  }

  Setback(Kind kind, DiskException failure, @Nullable Duration retryAfter) {
    super(failure);
    this.kind = kind;
    this.failure = failure;
    this.retryAfter = retryAfter;
  }

  Kind kind() {
    return kind;
  }

  DiskException failure() {
    return failure;
  }

  /** Returns when the server wants to be asked again, when it said so. */
  @Nullable Duration retryAfter() {
    return retryAfter;
  }
}
