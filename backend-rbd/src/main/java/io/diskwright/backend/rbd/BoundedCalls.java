package io.diskwright.backend.rbd;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does work on the cluster in threads of its own, so that nobody waits longer than the call allows:
 * a native call ends when the cluster answers or its timeout is over, whoever has lost patience.
 *
 * <p>Work that nobody waits for any more ends at its next look at its {@link Gate}, and clears up
 * after itself.
 */
final class BoundedCalls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BoundedCalls.class);
  private static final long GLANCE_NANOS = Duration.ofMillis(20).toNanos();

  /** In this time a cluster that is well ends what is left to do. */
  private static final long PATIENCE_NANOS = Duration.ofSeconds(1).toNanos();

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          work -> {
            Thread thread = new Thread(work, "diskwright-rbd-" + NUMBER.incrementAndGet());
            thread.setDaemon(true);
            return thread;
          });

  /**
   * Work on the cluster.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  interface Work<T> {
    T run(Gate gate) throws IOException;
  }

  /**
   * Does some work.
   *
   * @throws DiskException with reason {@code UNAVAILABLE} or {@code CANCELLED} when the call is
   *     over before the work is committed, {@code OUTCOME_UNKNOWN} when its deadline comes after
   */
  <T> T run(Call call, String tried, Work<T> work) throws IOException {
    return run(call, tried, work, result -> {});
  }

  /** Does some work whose result must be cleared up when nobody takes it any more. */
  <T> T run(Call call, String tried, Work<T> work, Consumer<T> discard) throws IOException {
    call.check(tried);
    Gate gate = new Gate(call, tried);
    Future<T> future = threads.submit(() -> deliver(gate, work.run(gate), discard));
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return future.get(GLANCE_NANOS, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          lookAtCall(call, tried, gate, future, interrupted);
        } catch (InterruptedException e) {
          interrupted = true;
          lookAtCall(call, tried, gate, future, true);
        } catch (ExecutionException e) {
          throw failure(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /**
   * Does what must be done in the end, whatever becomes of the call. Waits for it until the call is
   * over, and a moment longer; then it goes on by itself.
   */
  void finish(Call call, Runnable work) {
    if (awaitEnd(threads.submit(work), call)) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Waits for work until its call is over, and a moment longer, in which it may clear up. Returns
   * whether the thread has been interrupted meanwhile.
   */
  private static boolean awaitEnd(Future<?> work, Call call) {
    boolean interrupted = false;
    long patience = PATIENCE_NANOS;
    while (patience > 0) {
      long start = System.nanoTime();
      try {
        Object unused = work.get(GLANCE_NANOS, TimeUnit.NANOSECONDS);
        break;
      } catch (TimeoutException e) {
        LOG.trace("the end of a call takes long", e);
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        LOG.debug("it has failed, and nobody waits for it", e.getCause());
        break;
      }
      if (interrupted || call.cancellation().isCancelled() || call.deadline().isPast()) {
        patience -= System.nanoTime() - start;
      }
    }
    return interrupted;
  }

  private static <T> T deliver(Gate gate, T result, Consumer<T> discard) {
    if (!gate.deliver()) {
      discard.accept(result);
    }
    return result;
  }

  private static void lookAtCall(
      Call call, String tried, Gate gate, Future<?> work, boolean interrupted)
      throws DiskException {
    boolean cancelled = interrupted || call.cancellation().isCancelled();
    if ((cancelled || call.deadline().isPast()) && gate.giveUp()) {
      LOG.debug("{}: given up", tried);
      if (awaitEnd(work, Call.within(Duration.ZERO))) {
        Thread.currentThread().interrupt();
      }
      throw cancelled ? cancelled(tried) : late(tried);
    }
    if (call.deadline().isPast() && gate.isCommitted()) {
      throw DiskException.of(Reason.OUTCOME_UNKNOWN, tried)
          .said("the deadline came while the cluster was making the change")
          .remedy("ask whether it is there, or try again: a change that was made is not made twice")
          .build();
    }
  }

  private static DiskException cancelled(String tried) {
    return DiskException.of(Reason.CANCELLED, tried)
        .said("it was cancelled")
        .remedy("try again when it is wanted after all")
        .build();
  }

  private static DiskException late(String tried) {
    return DiskException.of(Reason.UNAVAILABLE, tried)
        .said("the cluster did not answer before the deadline")
        .remedy("look at 'ceph -s', or allow more time with a later deadline")
        .build();
  }

  /** Begins some work that goes on beside its caller, who waits for it with {@link #await}. */
  <T> Future<T> begin(Callable<T> work) {
    return threads.submit(work);
  }

  /** Each answer comes within the pool's timeout, so that an interrupt can wait as long. */
  static <R> R await(Future<R> answer) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try {
          return answer.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException e) {
          throw failure(e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Returns what work has thrown, unless that is unchecked: then throws it. */
  private static IOException failure(ExecutionException e) {
    Throwable cause = e.getCause();
    if (cause instanceof IOException failure) {
      return failure;
    }
    if (cause instanceof RuntimeException failure) {
      throw failure;
    }
    throw new IllegalStateException(cause);
  }

  /** Takes no more work; what is under way ends by itself. */
  @Override
  public void close() {
    threads.shutdown();
  }
}
