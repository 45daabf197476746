package io.diskwright.it.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Program;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Monitors that are down, an OSD that goes in the middle of an import, and a pool that is full or
 * becomes so: on a cluster of its own, for others would be hit, too.
 */
class RbdOutageIT {
  private static final Logger LOG = LoggerFactory.getLogger(RbdOutageIT.class);
  private static final long MIB = 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String IMPATIENT = "timeout: 2s, lease: 4s";
  private static final String SLOW = "fill-bandwidth: 1M";
  private static Ceph ceph;

  @TempDir Path folder = Path.of("");
  private Path raw = Path.of("");
  private CephNamespace pool;

  @BeforeAll
  static void startCluster() throws Exception {
    ceph = Ceph.up();
  }

  @AfterAll
  static void endCluster() throws IOException {
    if (ceph != null) {
      ceph.close();
    }
  }

  @BeforeEach
  void makePool() throws Exception {
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

  /** A disk whose making takes a while. */
  private final class Import {
    private final Path said = folder.resolve("said");
    private final Process process;

    Import(Program program) throws Exception {
      process =
          program
              .command("disk", "create", "web-1", "--image", raw)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(said.toFile())
              .start();
      await(
          "it writes",
          () -> {
            assertThat(process.isAlive()).as(() -> read(said)).isTrue();
            return pool.values().contains("reserved=");
          });
    }

    private String read(Path file) {
      try {
        return Files.readString(file);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    String fail(Reason reason) throws Exception {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      String text = Files.readString(said);
      assertThat(process.exitValue()).as(text).isEqualTo(reason.exitCode());
      assertThat(text).contains("diskwright: cannot ").doesNotContain("\tat ", "Exception");
      return text;
    }
  }

  private void assertMakesItNow() throws Exception {
    Program program = pool.program();
    await(
        "what was begun is swept",
        () -> {
          LOG.info("recover: {}", program.succeed("recover").replace('\n', ' '));
          return pool.keys("attempt/").isEmpty() && pool.keys("gone/").isEmpty();
        });
    assertThat(pool.keys("disk/")).isEmpty();
    pool.assertNothingHalfMade();
    program.succeed("disk", "create", "web-1", "--image", raw);
    pool.assertReads("web-1", raw);
    pool.assertNothingHalfMade();
  }

  @Test
  void monitorsThatAreDownAreUnavailable() throws Exception {
    Program program = pool.program(IMPATIENT);
    program.succeed("disk", "list");
    try (Ceph.Frozen frozen = ceph.freezeMonitor()) {
      assertThat(frozen).isNotNull();
      for (String[] command : new String[][] {{"disk", "list"}, {"pool", "check"}}) {
        assertThat(program.fail(Reason.UNAVAILABLE, (Object[]) command))
            .contains("cannot open pool 'vms' on pool 'cluster': connect to cluster")
            .contains("did not answer in time", "ceph -s");
      }
    }
    assertMakesItNow();
  }

  @Test
  void anOsdThatGoesInTheMiddleOfAnImportIsUnavailable() throws Exception {
    String none = pool.program().succeed("disk", "list"); // from now on the index is there
    assertThat(none).doesNotContain("web-1");
    Import slow = new Import(pool.program(IMPATIENT, SLOW));
    try (Ceph.Frozen frozen = ceph.freezeOsd()) {
      assertThat(frozen).isNotNull();
      assertThat(slow.fail(Reason.UNAVAILABLE)).contains("did not answer in time", "ceph -s");
    }
    assertMakesItNow();
  }

  /** Looks at the index only: Ceph's own tool waits for space before it lists a namespace. */
  private void assertNothingIsUnderWay() throws Exception {
    assertThat(pool.keys("attempt/")).isEmpty();
    assertThat(pool.keys("gone/")).isEmpty();
  }

  private void setQuota(long bytes) throws Exception {
    ceph.ceph("osd", "pool", "set-quota", "vms", "max_bytes", bytes);
    await(
        "the quota counts",
        () -> ceph.ceph("osd", "pool", "ls", "detail").contains("full_quota") == bytes > 0);
  }

  @Test
  void whatDoesNotFitTheQuotaIsNotBegun() throws Exception {
    Program program = pool.program();
    Path large = Images.raw(folder.resolve("large.raw"), 4, 512 * MIB); // an eighth of it is data
    ceph.ceph("osd", "pool", "set-quota", "vms", "max_bytes", 60 * MIB);
    try {
      assertThat(program.fail(Reason.NO_SPACE, "disk", "create", "web-1", "--image", large))
          .contains("bytes are wanted", "raise the pool's quota");
    } finally {
      ceph.ceph("osd", "pool", "set-quota", "vms", "max_bytes", 0);
    }
    assertMakesItNow();
  }

  @Test
  void aPoolThatIsFullSaysSoAndCanBeMadeEmptier() throws Exception {
    Program program = pool.program();
    program.succeed("disk", "create", "full", "--image", raw);
    setQuota(MIB);
    try {
      assertThat(
              program.fail(Reason.NO_SPACE, "disk", "create", "web-1", "--blank", "--size", "1M"))
          .contains("web-1", "quota");
      Path other = Images.raw(folder.resolve("other.raw"), 4, 4 * MIB);
      assertThat(program.fail(Reason.NO_SPACE, "disk", "create", "web-1", "--image", other))
          .contains("quota");
      assertThat(program.run("pool", "check").output()).contains("its quota is reached");
      assertNothingIsUnderWay();

      program.succeed("disk", "delete", "full");
      program.succeed("base", "prune", "--unused-for", "0s", "--min-age", "0s");
      assertNothingIsUnderWay();
    } finally {
      setQuota(0);
    }
    assertThat(pool.images()).isEmpty();
    assertMakesItNow();
  }

  @Test
  void aPoolThatBecomesFullInTheMiddleOfAnImportHasNoSpace() throws Exception {
    String none = pool.program().succeed("disk", "list");
    assertThat(none).doesNotContain("web-1");
    Import slow = new Import(pool.program(SLOW));
    setQuota(MIB);
    try {
      assertThat(slow.fail(Reason.NO_SPACE)).contains("quota");
      assertNothingIsUnderWay();
    } finally {
      setQuota(0);
    }
    assertMakesItNow();
  }
}
