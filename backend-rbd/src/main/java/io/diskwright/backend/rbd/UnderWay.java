package io.diskwright.backend.rbd;

/** Counts the work that is under way, so that what it uses is closed only after it; any thread. */
final class UnderWay {
  private final String name;
  private final Runnable end;

  /** Guarded by this. */
  private int count;

  /** Guarded by this. */
  private boolean closed;

  /** Guarded by this. */
  private boolean ended;

  /** Takes a name for messages, and what is done once when it is closed and all work has ended. */
  UnderWay(String name, Runnable end) {
    this.name = name;
    this.end = end;
  }

  /**
   * Says that some work begins.
   *
   * @throws IllegalStateException when it is closed
   */
  synchronized void enter() {
    requireOpen();
    count++;
  }

  /**
   * Says that a part of work that is under way begins, which may outlast it.
   *
   * @throws IllegalStateException when all has ended already
   */
  synchronized void enterAgain() {
    if (ended) {
      throw new IllegalStateException(name + " is closed");
    }
    count++;
  }

  void leave() {
    synchronized (this) {
      count--;
    }
    endIfLast();
  }

  private void endIfLast() {
    synchronized (this) {
      if (ended || !closed || count > 0) {
        return;
      }
      ended = true;
    }
    end.run();
  }

  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException(name + " is closed");
    }
  }

  /** Lets no more work begin; does nothing the second time. */
  void close() {
    synchronized (this) {
      closed = true;
    }
    endIfLast();
  }
}
