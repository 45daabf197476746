package io.diskwright.source.http;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that wait for servers and name servers, so that a caller never waits longer than its
 * call allows; any thread.
 */
final class Workers implements AutoCloseable {
  private static final long IDLE_SECONDS = 5;
  private static final Duration LONGEST_END = Duration.ofSeconds(2);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final ExecutorService threads =
      new ThreadPoolExecutor(
          0,
          Integer.MAX_VALUE,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          Workers::thread);

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "diskwright-http-" + NUMBER.incrementAndGet());
    thread.setDaemon(true);
    return thread;
  }

  /** Starts something in a thread of its own. */
  <T> Future<T> start(Callable<T> work) {
    try {
      return threads.submit(work);
    } catch (RejectedExecutionException e) {
      throw new IllegalStateException("the image source is closed", e);
    }
  }

  /** Does something, and returns when it is done or the call is over, whatever is first. */
  <T> T run(Call call, String tried, Fetch.Work<T> work) throws DiskException {
    return run(new Fetch(call, tried), work);
  }

  /** Does the same for what somebody else may abort, too. */
  <T> T run(Fetch fetch, Fetch.Work<T> work) throws DiskException {
    fetch.check();
    Future<T> future = start(() -> work.run(fetch));
    try {
      while (true) {
        try {
          return future.get(Waiting.STEP_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          fetch.check();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          fetch.check();
        } catch (ExecutionException e) {
          throw failure(e, fetch.tried());
        }
      }
    } finally {
      if (!future.isDone()) {
        fetch.abort();
      }
    }
  }

  /** Returns what something failed with in another thread. */
  private static DiskException failure(ExecutionException e, String tried) {
    Throwable cause = e.getCause();
    return cause instanceof DiskException known ? known : failure(cause == null ? e : cause, tried);
  }

  /** Returns the failure of what nobody expected to happen. */
  static DiskException failure(Throwable e, String tried) {
    return DiskException.of(Reason.INTERNAL, tried)
        .said("it failed: " + e)
        .remedy("please report it")
        .cause(e)
        .build();
  }

  /** Waits a moment for what was aborted: only a name server may keep it longer. */
  static void awaitEnd(List<Future<?>> aborted) {
    long end = System.nanoTime() + LONGEST_END.toNanos();
    for (Future<?> future : aborted) {
      try {
        Object unused = future.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (ExecutionException | TimeoutException e) {
        // it has ended, or ends when it can; what it failed with was told already
      }
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
