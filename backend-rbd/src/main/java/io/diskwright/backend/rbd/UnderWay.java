package io.diskwright.backend.rbd;

/** Counts the work that is under way, so that what it uses is closed only after it; any thread. */
final class UnderWay {
  private final String name;
  private final Runnable end;

  /** Guarded by this. */
  private int count;

  /** Guarded by this. */
  private boolean closed;

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

  /** Says that a part of work that is under way begins, which may outlast it. */
  synchronized void enterAgain() {
    count++;
  }

  void leave() {
    boolean last;
    synchronized (this) {
      count--;
      last = closed && count == 0;
    }
    if (last) {
      end.run();
    }
  }

  synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException(name + " is closed");
    }
  }

  /** Lets no more work begin; does nothing the second time. */
  void close() {
    boolean last;
    synchronized (this) {
      last = !closed && count == 0;
      closed = true;
    }
    if (last) {
      end.run();
    }
  }
}
