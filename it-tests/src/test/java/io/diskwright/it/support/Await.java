package io.diskwright.it.support;

import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Waits for what another process does, of which nobody is told. */
public final class Await {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private Await() {}

  /** Waits until a condition holds; fails when it does not come to that. */
  public static void until(String what, Callable<Boolean> condition) throws Exception {
    long start = System.nanoTime();
    while (!condition.call()) {
      if (System.nanoTime() - start > PATIENCE_NANOS) {
        throw new AssertionError("this did not happen: " + what);
      }
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
