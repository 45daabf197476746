package io.diskwright.backend.rbd;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Asks the cluster several things at once, each of which is one short answer. */
final class AtOnce {
  private static final int MOST_THREADS = 16;

  private AtOnce() {}

  /**
   * A question.
   *
   * @param <T> what is asked about
   * @param <R> the answer
   */
  @FunctionalInterface
  interface Question<T, R> {
    R of(T item) throws IOException;
  }

  /**
   * Asks the same of every item; returns the answers in the items' order.
   *
   * @throws IOException the first that fails; those that are under way then end by themselves
   */
  static <T, R> List<R> map(List<T> items, Question<T, R> question) throws IOException {
    List<R> answers = new ArrayList<>();
    if (items.size() < 2) {
      for (T item : items) {
        answers.add(question.of(item));
      }
      return answers;
    }
    ExecutorService threads =
        Executors.newFixedThreadPool(
            Math.min(items.size(), MOST_THREADS), work -> daemon("diskwright-rbd-ask", work));
    try {
      List<Future<R>> asked = new ArrayList<>();
      for (T item : items) {
        asked.add(threads.submit(() -> question.of(item)));
      }
      for (Future<R> answer : asked) {
        answers.add(BoundedCalls.await(answer));
      }
      return answers;
    } finally {
      threads.shutdownNow().clear();
    }
  }

  private static Thread daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    return thread;
  }
}
