package io.diskwright.it.survive;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Workers in processes of their own, killed at random instants while they work on one pool of a
 * cluster at once.
 *
 * <p>{@code -Ddiskwright.rbd-kills=SECONDS} for how long; {@code -Ddiskwright.seed=S} for the seed
 * that a failure names (instants differ all the same).
 */
@ExtendWith(SharedCeph.class)
class RbdRandomKillsIT {
  private static final Logger LOG = LoggerFactory.getLogger(RbdRandomKillsIT.class);
  private static final int WORKERS = 4;
  private static final int LONGEST_MILLIS = 2000;
  private static final Duration TIME =
      Duration.ofSeconds(Integer.getInteger("diskwright.rbd-kills", 45));

  @TempDir private Path folder;

  @Test
  @DisplayName("P1, P2, P4, P10: whoever is killed when, what was acknowledged is there, whole")
  void whatWasAcknowledgedIsThere(Ceph ceph) throws IOException, InterruptedException {
    long seed = Long.getLong("diskwright.seed", System.nanoTime());
    Path home = PoolOnCeph.make(ceph, folder, "timeout: 2s", "lease: 4s", "in-use-wait: 1s");
    RandomWorker.makeImages(home);
    try {
      int kills = killWorkers(home, new Random(seed));
      int disks = RandomWorker.assertAllIsWell(home, WORKERS);
      LOG.info("{} kills, {} disks at the end", kills, disks);
    } catch (AssertionError | IOException e) {
      throw new AssertionError("-Ddiskwright.seed=%d, in %s: %s".formatted(seed, home, e), e);
    }
  }

  private static int killWorkers(Path home, Random random)
      throws IOException, InterruptedException {
    int kills = 0;
    try (Workers workers = new Workers(home, WORKERS, random)) {
      long end = System.nanoTime() + TIME.toNanos();
      while (System.nanoTime() - end < 0) {
        int victim = random.nextInt(WORKERS);
        workers.letBegin(victim); // else a slow host would kill them all before
        workers.letWork(victim, random.nextInt(LONGEST_MILLIS));
        workers.replace(victim);
        kills++;
      }
    }
    return kills;
  }
}
