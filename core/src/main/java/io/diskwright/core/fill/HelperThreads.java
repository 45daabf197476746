package io.diskwright.core.fill;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Threads that work for one call. None of them runs any more once this is closed, however often the
 * caller's thread is interrupted: what they read and write may then be closed, too.
 */
final class HelperThreads implements AutoCloseable {
  private final ExecutorService threads;

  /** Takes a name for the threads, and how many there may be. */
  HelperThreads(String name, int most) {
    this.threads =
        Executors.newFixedThreadPool(
            most,
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  <T> Future<T> submit(Callable<T> work) {
    return threads.submit(work);
  }

  /** Waits for all that was submitted. */
  @Override
  public void close() {
    threads.shutdown(); // and interrupts nothing, which could close files under others
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = threads.awaitTermination(1, TimeUnit.MINUTES);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
