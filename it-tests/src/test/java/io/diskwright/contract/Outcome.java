package io.diskwright.contract;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.Optional;

/**
 * What came of a call that ran beside others.
 *
 * @param value what it returned
 * @param failure what it threw
 */
record Outcome<T>(Optional<T> value, Optional<Throwable> failure) {
  static <T> Outcome<T> of(T value) {
    return new Outcome<>(Optional.of(value), Optional.empty());
  }

  static <T> Outcome<T> failed(Throwable failure) {
    return new Outcome<>(Optional.empty(), Optional.of(failure));
  }

  /** Returns the value, or throws what the call threw. */
  T orThrow() throws DiskException {
    if (failure.isPresent()) {
      rethrow(failure.get());
    }
    return value.orElseThrow();
  }

  boolean failedWith(Reason reason) {
    return failure.isPresent()
        && failure.get() instanceof DiskException disk
        && disk.reason() == reason;
  }

  private static void rethrow(Throwable failure) throws DiskException {
    if (failure instanceof DiskException disk) {
      throw disk;
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException runtime) {
      throw runtime;
    }
    throw new AssertionError("a call threw a checked exception of a wrong family", failure);
  }
}
