package io.diskwright.source.http;

import java.util.concurrent.TimeUnit;

/** Waits in steps, between which one can look whether a call is over. */
final class Waiting {
  static final long STEP_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private Waiting() {}

  /** Waits on a monitor. An interrupt ends it and stays, for the call's next check. */
  static void on(Object monitor, long nanos) {
    synchronized (monitor) {
      try {
        TimeUnit.NANOSECONDS.timedWait(monitor, Math.max(1, nanos));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
