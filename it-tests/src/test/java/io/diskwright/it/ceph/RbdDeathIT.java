package io.diskwright.it.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** P1, P3, P4, P10 on storage that hosts share: clients die, or stand still for too long. */
@ExtendWith(SharedCeph.class)
class RbdDeathIT {
  private static final Logger LOG = LoggerFactory.getLogger(RbdDeathIT.class);
  private static final long MIB = 1024 * 1024;
  private static final int KILLS = 16;
  private static final int LONGEST_LIFE_MILLIS = 700;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String LEASE = "timeout: 2s, lease: 4s";

  @TempDir Path folder = Path.of("");
  private Path raw = Path.of("");
  private CephNamespace pool;

  @BeforeEach
  void makePool(Ceph ceph) throws Exception {
    pool = CephNamespace.make(ceph, folder);
    raw = Images.raw(folder.resolve("image.raw"), 3, 64 * MIB);
  }

  /** A condition of the cluster that comes with time. */
  @FunctionalInterface
  private interface Condition {
    boolean holds() throws Exception;
  }

  private static void await(String what, Condition condition) throws Exception {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.holds()) {
      assertThat(System.nanoTime() - end).as("waiting until %s", what).isNegative();
    }
  }

  /**
   * Returns an image of each kind in turn: raw, qcow2 that is read here, qcow2 that a tool reads.
   */
  private Path image(int number) throws Exception {
    Path image = folder.resolve("image-" + number);
    switch (number % 3) {
      case 0 -> Files.copy(raw, image);
      case 1 -> Tools.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, image);
      default -> Tools.run("qemu-img", "convert", "-c", "-f", "raw", "-O", "qcow2", raw, image);
    }
    return image;
  }

  @Test
  void whoeverIsKilledLeavesNothingThatStays() throws Exception {
    Program program = pool.program(LEASE);
    Random random = new Random(7);
    List<Path> images = new ArrayList<>();
    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      images.add(image(i));
      Process process =
          program
              .command("disk", "create", "disk-" + i, "--image", images.get(i))
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      boolean ended =
          process.waitFor(250 + random.nextInt(LONGEST_LIFE_MILLIS), TimeUnit.MILLISECONDS);
      process.destroyForcibly();
      killed += ended ? 0 : 1;
      int unused = process.waitFor();
    }
    LOG.info("{} of {} were killed", killed, KILLS);
    assertThat(killed).isPositive();

    await(
        "nothing is left of them",
        () -> {
          String unused = program.succeed("recover");
          return pool.keys("attempt/").isEmpty()
              && pool.keys("gone/").isEmpty()
              && pool.keys("session/").isEmpty();
        });
    assertThat(pool.images()).hasSize(pool.keys("base/").size() + pool.keys("disk/").size());

    for (int i = 0; i < KILLS; i++) {
      String unused = program.succeed("disk", "create", "disk-" + i, "--image", images.get(i));
      pool.assertReads("disk-" + i, raw);
    }
  }

  @Test
  void whoStandsStillPastItsLeaseHarmsNothing() throws Exception {
    Path image = image(2);
    Program slow = pool.program(LEASE, "fill-bandwidth: 8M");
    Path said = folder.resolve("said");
    String none = pool.program().succeed("disk", "list"); // from now on the index is there
    assertThat(none).doesNotContain("slow");
    Process paused =
        slow.command("disk", "create", "slow", "--image", image)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(said.toFile())
            .start();
    await("its image is listed", () -> !pool.images().isEmpty());
    Tools.run("kill", "-STOP", paused.pid());
    try {
      Program other = pool.program(LEASE);
      await(
          "its attempt is swept",
          () -> {
            String unused = other.succeed("recover");
            return pool.images().isEmpty() && pool.keys("attempt/").isEmpty();
          });
      String unused = other.succeed("disk", "create", "fast", "--image", image);
    } finally {
      Tools.run("kill", "-CONT", paused.pid());
    }

    assertThat(paused.waitFor()).isEqualTo(Reason.UNAVAILABLE.exitCode());
    assertThat(Files.readString(said)).contains("diskwright: cannot ", "blocklisted");
    assertThat(pool.keys("disk/")).containsExactly("disk/fast");
    assertThat(pool.images()).hasSize(2);
    pool.assertReads("fast", raw);
  }
}
