package io.diskwright.source.http;

import java.util.List;

/** The threads of this process. */
final class Threads {
  private Threads() {}

  /** Returns those of image sources that do not end by themselves within a moment. */
  static List<Thread> ofTheSource() throws InterruptedException {
    List<Thread> ours =
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("diskwright-http-"))
            .toList();
    for (Thread thread : ours) {
      thread.join(10_000);
    }
    return ours.stream().filter(Thread::isAlive).toList();
  }
}
