package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** {@link RandomWorker}s in processes of their own, killed and started again; one thread. */
final class Workers implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 10;
  private static final int GLANCE_MILLIS = 10;

  private final Path home;
  private final Random random;
  private final List<Process> workers = new ArrayList<>();

  /** How long the journals were when the workers were started. */
  private final List<Long> journals = new ArrayList<>();

  /** Starts so many workers on a pool. */
  Workers(Path home, int count, Random random) throws IOException {
    this.home = home;
    this.random = random;
    for (int number = 0; number < count; number++) {
      journals.add(journal(number));
      workers.add(start(number));
    }
  }

  private Process start(int number) throws IOException {
    return Program.java(RandomWorker.class, home, number, random.nextLong())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(number).toFile()))
        .start();
  }

  private Path log(int number) {
    return home.resolve("worker-" + number + ".log");
  }

  private long journal(int number) throws IOException {
    Path journal = RandomWorker.journal(home, number);
    return Files.exists(journal) ? Files.size(journal) : 0;
  }

  /**
   * Lets a worker come to its first work, however long that takes; fails when it ends by itself.
   */
  void letBegin(int number) throws IOException, InterruptedException {
    while (journal(number) <= journals.get(number) + 1) { // opening it writes one byte
      letWork(number, GLANCE_MILLIS);
    }
  }

  /** Lets a worker work for so long; fails when it ends by itself. */
  void letWork(int number, int millis) throws IOException, InterruptedException {
    if (workers.get(number).waitFor(millis, TimeUnit.MILLISECONDS)) {
      throw new AssertionError("a worker has ended: " + Files.readString(log(number)));
    }
  }

  /** Kills a worker, and starts another one of its number. */
  void replace(int number) throws IOException {
    kill(workers.get(number));
    journals.set(number, journal(number));
    workers.set(number, start(number));
  }

  /** Kills a worker; its tools are to end by themselves, and soon. */
  private static void kill(Process worker) {
    List<ProcessHandle> tools = worker.descendants().toList();
    worker.destroyForcibly().onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join();
    tools.forEach(tool -> tool.onExit().orTimeout(PATIENCE_SECONDS, TimeUnit.SECONDS).join());
  }

  /** Kills them all. */
  @Override
  public void close() {
    workers.forEach(Workers::kill);
  }
}
