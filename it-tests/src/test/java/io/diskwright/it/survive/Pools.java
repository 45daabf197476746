package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Two pools of a kind, so that two runs go on at once. */
final class Pools implements AutoCloseable {
  private static final int COUNT = 2;

  private final BlockingQueue<Scenarios> idle = new ArrayBlockingQueue<>(COUNT);
  private final ExecutorService threads = Executors.newFixedThreadPool(COUNT);
  private final List<String> scenarios;

  Pools(Path parent, String backend) throws IOException {
    for (int i = 0; i < COUNT; i++) {
      idle.add(new Scenarios(parent, backend));
    }
    this.scenarios = idle.element().all().stream().map(Scenario::name).toList();
  }

  /** Returns the names of the scenarios that each of them has. */
  List<String> scenarios() {
    return scenarios;
  }

  /** Something that is done with a pool that nobody else uses meanwhile. */
  @FunctionalInterface
  interface Run<T> {
    T on(Scenarios pool) throws IOException;
  }

  /** Does something once. */
  <T> T one(Run<T> run) throws IOException {
    return all(List.of(run)).get(0);
  }

  /** Does all of them; fails when one has failed. */
  <T> List<T> all(List<Run<T>> runs) throws IOException {
    try {
      List<Callable<T>> calls = runs.stream().map(this::call).toList();
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(calls)) {
        results.add(future.get());
      }
      return results;
    } catch (ExecutionException e) {
      throw new AssertionError(e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    }
  }

  private <T> Callable<T> call(Run<T> run) {
    return () -> {
      Scenarios pool = idle.take();
      try {
        return run.on(pool);
      } finally {
        idle.add(pool);
      }
    };
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
