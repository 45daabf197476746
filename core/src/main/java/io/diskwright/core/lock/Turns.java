package io.diskwright.core.lock;

import io.diskwright.spi.lock.LockMode;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Lets the threads of this JVM have one lock in the order in which they come, neighbours that share
 * it together.
 *
 * <p>A waiter keeps its place while it looks up now and then, so that it is never overtaken: else a
 * stream of those who share would keep one who does not waiting for ever.
 */
final class Turns {
  private final ReentrantLock monitor = new ReentrantLock();
  private final Condition moved = monitor.newCondition();
  private final Deque<Turn> waiting = new ArrayDeque<>();
  private int sharers;
  private boolean exclusive;

  /** A place in the queue. */
  static final class Turn {
    private final LockMode mode;

    private Turn(LockMode mode) {
      this.mode = mode;
    }
  }

  /** Takes the last place; it ends with {@link #await} returning true, or with {@link #leave}. */
  Turn join(LockMode mode) {
    monitor.lock();
    try {
      Turn turn = new Turn(mode);
      waiting.addLast(turn);
      return turn;
    } finally {
      monitor.unlock();
    }
  }

  /** Waits for a while; returns whether the lock is taken now. */
  boolean await(Turn turn, long nanos) throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException();
    }
    monitor.lock();
    try {
      long left = nanos;
      while (waiting.peekFirst() != turn || !isFreeFor(turn.mode)) {
        if (left <= 0) {
          return false;
        }
        left = moved.awaitNanos(left);
      }
      waiting.removeFirst();
      if (turn.mode == LockMode.EXCLUSIVE) {
        exclusive = true;
      } else {
        sharers++;
      }
      moved.signalAll();
      return true;
    } finally {
      monitor.unlock();
    }
  }

  private boolean isFreeFor(LockMode mode) {
    return !exclusive && (mode == LockMode.SHARED || sharers == 0);
  }

  /** Gives up a place. */
  void leave(Turn turn) {
    monitor.lock();
    try {
      waiting.remove(turn);
      moved.signalAll();
    } finally {
      monitor.unlock();
    }
  }

  /** Gives the lock back. */
  void giveBack(LockMode mode) {
    monitor.lock();
    try {
      if (mode == LockMode.EXCLUSIVE) {
        exclusive = false;
      } else {
        sharers--;
      }
      moved.signalAll();
    } finally {
      monitor.unlock();
    }
  }
}
