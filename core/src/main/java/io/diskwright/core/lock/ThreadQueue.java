package io.diskwright.core.lock;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.lock.LockMode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets threads in first come, first served: any number of shared ones together, an exclusive one
 * alone. Who waits keeps its place while it looks whether it should go on waiting.
 */
final class ThreadQueue {
  private static final long LOOK_MILLIS = Duration.ofMillis(50).toMillis();

  private final Deque<Object> waiting = new ArrayDeque<>();
  private int shared;
  private boolean exclusive;

  /** Asked now and then while waiting; throws when the wait is to end. */
  @FunctionalInterface
  interface Look {
    void look() throws DiskException;
  }

  synchronized void enter(LockMode mode, Look look) throws DiskException {
    Object place = new Object();
    waiting.addLast(place);
    try {
      while (waiting.peekFirst() != place || isShutTo(mode)) {
        look.look(); // an interrupt ends the wait here
        try {
          wait(LOOK_MILLIS);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      goIn(mode);
    } finally {
      waiting.remove(place);
      notifyAll();
    }
  }

  /** Goes in if nobody else waits or is in the way; returns whether it did. */
  synchronized boolean tryEnter(LockMode mode) {
    if (!waiting.isEmpty() || isShutTo(mode)) {
      return false;
    }
    goIn(mode);
    return true;
  }

  private void goIn(LockMode mode) {
    if (mode == LockMode.EXCLUSIVE) {
      exclusive = true;
    } else {
      shared++;
    }
  }

  private boolean isShutTo(LockMode mode) {
    return exclusive || (mode == LockMode.EXCLUSIVE && shared > 0);
  }

  synchronized void leave(LockMode mode) {
    if (mode == LockMode.EXCLUSIVE) {
      exclusive = false;
    } else {
      shared--;
    }
    notifyAll();
  }
}
