package io.diskwright.it.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Program;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Monitors that are down, an OSD that goes in the middle of an import, and a pool that is full or
 * becomes so: on a cluster of its own, for others would be hit, too.
 */
class RbdOutageIT {
  private static final long MIB = 1024 * 1024;
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String LEASE = "timeout: 2s, lease: 4s";
  private static final String SLOW = "fill-bandwidth: 2M";
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
      await("it writes", () -> pool.values().contains("reserved="));
    }

    String fail(Reason reason) throws Exception {
      assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      String text = Files.readString(said);
      assertThat(process.exitValue()).as(text).isEqualTo(reason.exitCode());
      assertThat(text).contains("diskwright: cannot ").doesNotContain("\tat ", "Exception");
      return text;
    }
  }

  private void assertMakesItNow(Program program) throws Exception {
    await(
        "what was begun is swept",
        () -> {
          String unused = program.succeed("recover");
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
    Program program = pool.program(LEASE);
    program.succeed("disk", "list");
    try (Ceph.Frozen frozen = ceph.freezeMonitor()) {
      assertThat(frozen).isNotNull();
      for (String[] command : new String[][] {{"disk", "list"}, {"pool", "check"}}) {
        assertThat(program.fail(Reason.UNAVAILABLE, (Object[]) command))
            .contains("cannot open pool 'vms' on pool 'cluster': connect to cluster")
            .contains("did not answer in time", "ceph -s");
      }
    }
    assertMakesItNow(program);
  }

  @Test
  void anOsdThatGoesInTheMiddleOfAnImportIsUnavailable() throws Exception {
    Program program = pool.program(LEASE);
    program.succeed("disk", "list");
    Import slow = new Import(pool.program(LEASE, SLOW));
    try (Ceph.Frozen frozen = ceph.freezeOsd()) {
      assertThat(frozen).isNotNull();
      assertThat(slow.fail(Reason.UNAVAILABLE)).contains("did not answer in time", "ceph -s");
    }
    assertMakesItNow(program);
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
    Program program = pool.program(LEASE);
    Path large = Images.raw(folder.resolve("large.raw"), 4, 512 * MIB); // an eighth of it is data
    ceph.ceph("osd", "pool", "set-quota", "vms", "max_bytes", 60 * MIB);
    try {
      assertThat(program.fail(Reason.NO_SPACE, "disk", "create", "web-1", "--image", large))
          .contains("bytes are wanted", "raise the pool's quota");
    } finally {
      ceph.ceph("osd", "pool", "set-quota", "vms", "max_bytes", 0);
    }
    assertMakesItNow(program);
  }

  @Test
  void aPoolThatIsFullSaysSoAndCanBeMadeEmptier() throws Exception {
    Program program = pool.program(LEASE);
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
    assertMakesItNow(program);
  }

  @Test
  void aPoolThatBecomesFullInTheMiddleOfAnImportHasNoSpace() throws Exception {
    Program program = pool.program(LEASE);
    program.succeed("disk", "list");
    Import slow = new Import(pool.program(LEASE, SLOW));
    setQuota(MIB);
    try {
      assertThat(slow.fail(Reason.NO_SPACE)).contains("quota");
      assertNothingIsUnderWay();
    } finally {
      setQuota(0);
    }
    assertMakesItNow(program);
  }
}
