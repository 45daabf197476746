package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers in processes of their own on one pool for a while: creates, grows, deletes, prunes,
 * verifies, against what each knows must be there. All but one are killed now and then; what that
 * one holds must not grow.
 *
 * <p>{@code -Ddiskwright.soak=SECONDS} for how long on each pool; {@code -Ddiskwright.seed=S} for
 * the seed that a failure names.
 */
class SoakIT {
  private static final Logger LOG = LoggerFactory.getLogger(SoakIT.class);
  private static final int WORKERS = 4;
  private static final int SURVIVOR = 0;
  private static final int MOST_MILLIS_BETWEEN_KILLS = 3000;
  private static final long MIB = 1024 * 1024;
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("diskwright.soak", 30));

  @RegisterExtension static final FileSystemOnLoop XFS = new FileSystemOnLoop("xfs");

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2"})
  @DisplayName("P1, P2, P4, P10: however long it runs, nothing is lost and nothing leaks")
  void nothingIsLostAndNothingLeaks(String backend) throws IOException, InterruptedException {
    long seed = Long.getLong("diskwright.seed", System.nanoTime());
    Path home = TestPool.make(XFS.mount(), backend);
    RandomWorker.makeImages(home);
    try {
      int kills = soak(home, new Random(seed));
      int disks = RandomWorker.assertAllIsWell(home, WORKERS);
      List<Vitals> vitals = Vitals.read(RandomWorker.vitals(home, SURVIVOR));
      LOG.info(
          "{}: {} s, {} kills, {} disks at the end; one worker from {} to {}",
          backend,
          TIME.toSeconds(),
          kills,
          disks,
          vitals.get(0),
          vitals.get(vitals.size() - 1));
      assertFlat("open files", vitals, Vitals::files, 2);
      assertFlat("heap", vitals, Vitals::heap, 4 * MIB);
      assertFlat("memory", vitals, Vitals::resident, 32 * MIB);
    } catch (AssertionError | IOException e) {
      throw new AssertionError("-Ddiskwright.seed=%d, in %s: %s".formatted(seed, home, e), e);
    }
    TestPool.remove(home);
  }

  private static int soak(Path home, Random random) throws IOException, InterruptedException {
    int kills = 0;
    try (Workers workers = new Workers(home, WORKERS, random)) {
      long end = System.nanoTime() + TIME.toNanos();
      while (System.nanoTime() - end < 0) {
        workers.letWork(SURVIVOR, random.nextInt(MOST_MILLIS_BETWEEN_KILLS));
        workers.replace(1 + random.nextInt(WORKERS - 1));
        kills++;
      }
    }
    return kills;
  }

  /**
   * The first third is for what a process learns and keeps; after that it may only go up and down.
   */
  private static void assertFlat(
      String what, List<Vitals> vitals, ToLongFunction<Vitals> number, long tolerance) {
    int third = vitals.size() / 3;
    assertThat(third).as("samples of %s: %d", what, vitals.size()).isPositive();
    long before = highest(vitals.subList(third, 2 * third), number);
    long after = highest(vitals.subList(2 * third, vitals.size()), number);
    assertThat(after)
        .as("%s of one worker, which was at most %d in the middle third", what, before)
        .isLessThanOrEqualTo(before + tolerance);
  }

  private static long highest(List<Vitals> vitals, ToLongFunction<Vitals> number) {
    return vitals.stream().mapToLong(number).max().orElseThrow();
  }
}
