package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How often something is tried again, and when; one thread. */
final class Patience {
  private static final int MOST_TRIES = 6;
  private static final Duration LONGEST_RETRY_AFTER = Duration.ofMinutes(10);

  private final Duration pause;
  private int failures;
  private boolean reached;

  /**
   * Makes one.
   *
   * @param pause how long to wait before the second try in a row
   * @param reached whether the server has been reached before, so that it is worth waiting for
   */
  Patience(Duration pause, boolean reached) {
    this.pause = pause;
    this.reached = reached;
  }

  /**
   * Something that a server may fail at.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  interface Attempt<T> {
    T once() throws Setback, DiskException;
  }

  /** Tries something until it is done, or it does not help to try again. */
  <T> T until(Attempt<T> attempt, Fetch fetch) throws DiskException {
    while (true) {
      try {
        return attempt.once();
      } catch (Setback e) {
        afterSetback(e, fetch);
      }
    }
  }

  /** Starts counting anew: bytes came. */
  void progressed() {
    failures = 0;
    reached = true;
  }

  /**
   * Waits until it is time to try again: at once for the first time, then longer each time, or as
   * long as the server asked for.
   *
   * @throws DiskException when it does not help to try again, or was tried often enough
   */
  void afterSetback(Setback setback, Fetch fetch) throws DiskException {
    fetch.check();
    failures++;
    boolean hopeless =
        switch (setback.kind()) {
          case FINAL -> true;
          case UNREACHABLE -> !reached;
          case PASSING -> false;
        };
    if (hopeless || failures == MOST_TRIES) {
      throw setback.failure();
    }
    fetch.pause(delay(setback, fetch));
  }

  private Duration delay(Setback setback, Fetch fetch) throws DiskException {
    @Nullable Duration asked = setback.retryAfter();
    if (asked == null) {
      return failures == 1 ? Duration.ZERO : pause.multipliedBy(1L << (failures - 2));
    }
    if (asked.compareTo(LONGEST_RETRY_AFTER) > 0
        || asked.compareTo(fetch.call().deadline().remaining()) >= 0) {
      DiskException failure = setback.failure();
      throw DiskException.of(Reason.UNAVAILABLE, fetch.tried())
          .resource(failure.resource().orElse(""))
          .said("%s, and to come back in %ds".formatted(failure.detail(), asked.toSeconds()))
          .remedy("try again then, or use another server")
          .build();
    }
    return asked;
  }
}
