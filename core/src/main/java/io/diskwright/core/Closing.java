package io.diskwright.core;

import io.diskwright.spi.error.DiskException;
import org.jspecify.annotations.Nullable;

/** Closes several things and fails with the first failure at the end; one thread. */
final class Closing {
  private @Nullable DiskException failure;

  /** Something that is closed. */
  @FunctionalInterface
  interface Closer {
    void close() throws DiskException;
  }

  void close(Closer closer) {
    try {
      closer.close();
    } catch (DiskException e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
  }

  void throwIfFailed() throws DiskException {
    if (failure != null) {
      throw failure;
    }
  }
}
