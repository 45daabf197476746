package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers in processes of their own, killed at random instants while they work on one pool at once.
 *
 * <p>{@code -Ddiskwright.kills=N} for N kills on each pool instead of as many as fit into some
 * time; {@code -Ddiskwright.seed=S} for the seed that a failure names (instants differ all the
 * same).
 */
class RandomKillsIT {
  private static final Logger LOG = LoggerFactory.getLogger(RandomKillsIT.class);
  private static final int WORKERS = 4;
  private static final int LEAST_KILLS = 60;
  private static final Duration TIME = Duration.ofSeconds(45);
  private static final int LONGEST_MILLIS = 700;

  @RegisterExtension static final FileSystemOnLoop XFS = new FileSystemOnLoop("xfs");

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2"})
  @DisplayName(
      "P1, P2, P4, P10, P13: whoever is killed when, what was acknowledged is there, whole")
  void whatWasAcknowledgedIsThere(String backend) throws IOException, InterruptedException {
    long seed = Long.getLong("diskwright.seed", System.nanoTime());
    Path home = TestPool.make(XFS.mount(), backend);
    RandomWorker.makeImages(home);
    try {
      int kills = killWorkers(home, new Random(seed));
      int disks = assertAllIsWell(home);
      LOG.info("{}: {} kills, {} disks at the end", backend, kills, disks);
    } catch (AssertionError | IOException e) {
      throw new AssertionError("-Ddiskwright.seed=%d, in %s: %s".formatted(seed, home, e), e);
    }
    TestPool.remove(home);
  }

  private static int killWorkers(Path home, Random random)
      throws IOException, InterruptedException {
    List<Process> workers = new ArrayList<>();
    int kills = 0;
    try {
      for (int number = 0; number < WORKERS; number++) {
        workers.add(worker(home, number, random));
      }
      long start = System.nanoTime();
      while (isToGoOn(kills, System.nanoTime() - start)) {
        int victim = random.nextInt(WORKERS);
        if (workers.get(victim).waitFor(random.nextInt(LONGEST_MILLIS), TimeUnit.MILLISECONDS)) {
          throw new AssertionError("a worker has ended: " + said(home, victim));
        }
        kill(workers.get(victim));
        kills++;
        workers.set(victim, worker(home, victim, random));
      }
    } finally {
      for (Process worker : workers) {
        kill(worker);
      }
    }
    return kills;
  }

  private static boolean isToGoOn(int kills, long nanos) {
    Integer wanted = Integer.getInteger("diskwright.kills");
    return wanted == null ? kills < LEAST_KILLS || nanos < TIME.toNanos() : kills < wanted;
  }

  private static Process worker(Path home, int number, Random random) throws IOException {
    ProcessBuilder program = Program.java(RandomWorker.class, home, number, random.nextLong());
    return program
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log(home, number).toFile()))
        .start();
  }

  private static Path log(Path home, int number) {
    return home.resolve("worker-" + number + ".log");
  }

  private static String said(Path home, int number) throws IOException {
    return Files.readString(log(home, number));
  }

  /** Kills a worker; its tools are to end by themselves, and soon. */
  private static void kill(Process worker) {
    List<ProcessHandle> tools = worker.descendants().toList();
    worker.destroyForcibly().onExit().orTimeout(10, TimeUnit.SECONDS).join();
    tools.forEach(tool -> tool.onExit().orTimeout(10, TimeUnit.SECONDS).join());
  }

  private static int assertAllIsWell(Path home) throws IOException {
    Path violations = RandomWorker.violations(home);
    assertThat(violations)
        .as(Files.exists(violations) ? Files.readString(violations) : "")
        .doesNotExist();
    int disks;
    try (TestPool pool = TestPool.open(home)) {
      disks = assertDisksAreRight(home, pool);
      pool.assertRecoversToNothing();
    }
    try (TestPool pool = TestPool.open(home)) {
      assertThat(assertDisksAreRight(home, pool)).as("disks after recovery").isEqualTo(disks);
      assertThat(pool.strays()).isEmpty();
    }
    return disks;
  }

  private static int assertDisksAreRight(Path home, TestPool pool) throws IOException {
    for (int number = 0; number < WORKERS; number++) {
      for (var known : Journal.read(RandomWorker.journal(home, number)).entrySet()) {
        RandomWorker.check(pool, known.getKey(), known.getValue());
      }
    }
    pool.assertBasesAreWhole(
        Stream.of(0, 1, 2).map(i -> RandomWorker.image(home, i)).toArray(TestImage[]::new));
    for (String disk : pool.disks()) {
      pool.assertReads(disk, RandomWorker.imageOf(home, disk), pool.size(disk));
      pool.assertSound(disk);
    }
    return pool.disks().size();
  }
}
