package io.diskwright.toolkit.thread;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Threads that work for one call. None of them runs any more once this is closed, however often the
 * caller's thread is interrupted: what they read and write may then be closed, too.
 */
public final class HelperThreads implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HelperThreads.class);
  private static final int GLANCE_MILLIS = 50;

  private final ExecutorService threads;

  /**
   * Makes them; each starts when there is work for it.
   *
   * @param name what they are called
   * @param most how many there may be
   */
  public HelperThreads(String name, int most) {
    this.threads =
        Executors.newFixedThreadPool(
            most,
            work -> {
              Thread thread = new Thread(work, name);
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Has one of them do some work, as soon as one is free. */
  public <T> Future<T> submit(Callable<T> work) {
    return threads.submit(work);
  }

  /**
   * Waits for something that was submitted, and looks now and then whether it is still wanted.
   *
   * @param submitted what was submitted; what it throws is a {@link DiskException} or unchecked
   * @param call the call that it is for
   * @param tried what is being done, as it would follow "cannot"
   * @return what came of it
   * @throws DiskException what it has thrown, or with reason {@code CANCELLED} or {@code
   *     UNAVAILABLE} when the call is over
   */
  public static <T> T await(Future<T> submitted, Call call, String tried) throws DiskException {
    while (true) {
      call.check(tried);
      try {
        return submitted.get(GLANCE_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException e) {
        LOG.trace("{} takes long", tried, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt(); // which the next look finds
      } catch (ExecutionException e) {
        throw failureOf(e.getCause());
      }
    }
  }

  private static DiskException failureOf(@Nullable Throwable cause) {
    if (cause instanceof DiskException failure) {
      return failure;
    }
    if (cause instanceof RuntimeException failure) {
      throw failure;
    }
    throw new IllegalStateException(cause);
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
