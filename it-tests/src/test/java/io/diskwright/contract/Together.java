package io.diskwright.contract;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.IntFunction;

/** Runs calls beside each other. */
final class Together {
  private static final long LIMIT_MINUTES = 5;

  private Together() {}

  /** Runs a call a number of times, all starting at one moment in threads of their own. */
  static <T> List<Outcome<T>> times(int count, IntFunction<Callable<T>> call) {
    List<Callable<T>> calls = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      calls.add(call.apply(i));
    }
    return atOnce(calls);
  }

  /**
   * Runs calls, all starting at one moment in threads of their own; the outcomes in their order.
   */
  static <T> List<Outcome<T>> atOnce(List<Callable<T>> calls) {
    CyclicBarrier start = new CyclicBarrier(calls.size());
    List<Callable<T>> waiting = new ArrayList<>();
    for (Callable<T> call : calls) {
      waiting.add(
          () -> {
            int unused = start.await(LIMIT_MINUTES, TimeUnit.MINUTES);
            return call.call();
          });
    }
    return inThreads(calls.size(), waiting);
  }

  /** Runs calls by a number of threads. */
  static <T> List<Outcome<T>> inThreads(int threads, List<Callable<T>> calls) {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<T>> futures = new ArrayList<>();
      for (Callable<T> call : calls) {
        futures.add(executor.submit(call));
      }
      List<Outcome<T>> outcomes = new ArrayList<>();
      for (Future<T> future : futures) {
        outcomes.add(outcome(future));
      }
      return outcomes;
    } finally {
      executor.shutdownNow();
    }
  }

  private static <T> Outcome<T> outcome(Future<T> future) {
    try {
      return Outcome.of(future.get(LIMIT_MINUTES, TimeUnit.MINUTES));
    } catch (ExecutionException e) {
      return Outcome.failed(e.getCause());
    } catch (TimeoutException e) {
      throw new AssertionError("a call beside others does not end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while calls run beside each other", e);
    }
  }
}
