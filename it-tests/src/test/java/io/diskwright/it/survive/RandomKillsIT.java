package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers in processes of their own, killed at random instants while they work on one pool at once.
 *
 * <p>{@code -Ddiskwright.kills=N} for another number of kills on each pool; {@code
 * -Ddiskwright.seed=S} for the seed that a failure names (instants differ all the same).
 */
class RandomKillsIT {
  private static final Logger LOG = LoggerFactory.getLogger(RandomKillsIT.class);
  private static final int WORKERS = 4;
  private static final int KILLS = Integer.getInteger("diskwright.kills", 80);
  private static final int LONGEST_MILLIS = 450;

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
      killWorkers(home, new Random(seed));
      int disks = RandomWorker.assertAllIsWell(home, WORKERS);
      LOG.info("{}: {} kills, {} disks at the end", backend, KILLS, disks);
    } catch (AssertionError | IOException e) {
      throw new AssertionError("-Ddiskwright.seed=%d, in %s: %s".formatted(seed, home, e), e);
    }
    TestPool.remove(home);
  }

  private static void killWorkers(Path home, Random random)
      throws IOException, InterruptedException {
    try (Workers workers = new Workers(home, WORKERS, random)) {
      for (int kill = 0; kill < KILLS; kill++) {
        int victim = random.nextInt(WORKERS);
        workers.letWork(victim, random.nextInt(LONGEST_MILLIS));
        workers.replace(victim);
      }
    }
  }
}
