package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * P1, P10, P11: whatever system call the storage fails at, the program says so, leaves nothing
 * half-made, and the same request works when the storage works again.
 *
 * <p>Of many like calls in a row on one file, the first two and the last fail.
 */
class FailedAtEveryCallIT {
  private static final Logger LOG = LoggerFactory.getLogger(FailedAtEveryCallIT.class);
  @RegisterExtension static final FileSystemOnLoop XFS = new FileSystemOnLoop("xfs");
  @RegisterExtension static final FileSystemOnLoop EXT4 = new FileSystemOnLoop("ext4");

  private static Cli cli;
  private static int total;

  @BeforeAll
  static void prepare(@TempDir Path folder) throws IOException {
    cli = new Cli(folder);
  }

  @AfterAll
  static void sayHowOften() {
    LOG.info("{} failures in all", total);
  }

  @TestFactory
  Stream<DynamicTest> rawOnXfs() throws IOException {
    return tests("raw on xfs", new Pools(XFS.mount(), "raw"));
  }

  @TestFactory
  Stream<DynamicTest> qcow2OnExt4() throws IOException {
    return tests("qcow2 on ext4", new Pools(EXT4.mount(), "qcow2"));
  }

  private static Stream<DynamicTest> tests(String place, Pools pools) {
    return Stream.of(
            "first use of the pool",
            "create warm",
            "create cold raw",
            "create cold qcow2",
            "resize",
            "flatten",
            "delete",
            "evict",
            "prune")
        .filter(pools.scenarios()::contains)
        .map(scenario -> test(place + ": " + scenario, pools, scenario))
        .onClose(pools::close);
  }

  private static DynamicTest test(String title, Pools pools, String scenario) {
    return DynamicTest.dynamicTest(
        title,
        () -> {
          int failures = failAtEveryCall(pools, scenario);
          LOG.info("{}: {} failures", title, failures);
          total += failures;
        });
  }

  private static int failAtEveryCall(Pools pools, String scenario) throws IOException {
    List<Pools.Run<Boolean>> runs = new ArrayList<>();
    pools
        .one(pool -> trace(pool, pool.named(scenario)))
        .forEach(
            (call, seen) -> {
              List<String> errors = errors(call);
              for (int n : errors.isEmpty() ? List.<Integer>of() : seen) {
                String error = errors.get(n % errors.size());
                runs.add(pool -> hasFailedAt(call, n, error, pool, pool.named(scenario)));
              }
            });
    int failures = (int) pools.all(runs).stream().filter(failed -> failed).count();
    assertThat(failures).as("failures in %d runs", runs.size()).isPositive();
    return failures;
  }

  /** Returns what the storage says at a call, in turn; nothing at calls that it never refuses. */
  private static List<String> errors(String call) {
    return switch (call) {
      case "pwrite64", "pwritev", "write", "writev", "copy_file_range", "fallocate" ->
          List.of("EIO", "ENOSPC", "EDQUOT");
      case "fsync", "fdatasync" -> List.of("EIO", "ENOSPC", "EDQUOT");
      case "openat", "ioctl", "ftruncate", "rename", "renameat2", "link", "linkat", "mkdir" ->
          List.of("EIO", "ENOSPC");
      case "unlink", "fchmod" -> List.of("EIO");
      default -> List.of();
    };
  }

  private static SortedMap<String, SortedSet<Integer>> trace(Scenarios pool, Scenario scenario)
      throws IOException {
    Path log = pool.home().resolve("strace.log");
    ScenarioRun run = ScenarioRun.of(pool, scenario, cli.traced(SystemCalls.tracing(log)));
    assertThat(run.end().status()).as(run.end().printed()).isZero();
    run.assertIsSurvived(false);
    return SystemCalls.touching(TestPool.folder(pool.home()), log);
  }

  private static boolean hasFailedAt(
      String call, int n, String error, Scenarios pool, Scenario scenario) throws IOException {
    Path log = pool.home().resolve("strace.log");
    try {
      ScenarioRun run =
          ScenarioRun.of(pool, scenario, cli.traced(SystemCalls.failing(call, n, error, log)));
      boolean failed = SystemCalls.hasFailed(TestPool.folder(pool.home()), log);
      if (failed) {
        assertIsTold(error, run.end());
        run.assertNothingIsLeft();
      }
      run.assertIsSurvived(n % 2 == 0);
      return failed;
    } catch (AssertionError | IOException e) {
      throw new AssertionError(
          "%s, %s at %s %d, in %s: %s"
              .formatted(scenario.name(), error, call, n, pool.home(), e.getMessage()),
          e);
    }
  }

  /** What only tells others how far we are may fail and be passed over. */
  private static void assertIsTold(String error, Program.End end) {
    Reason reason = error.equals("EIO") ? Reason.IO_ERROR : Reason.NO_SPACE;
    assertThat(end.status()).as(end.printed()).isIn(0, reason.exitCode());
    assertThat(end.printed()).doesNotContain("\tat ", "Exception");
    if (end.status() != 0) {
      assertThat(end.printed()).startsWith("diskwright: ").contains("remedy: ");
    }
  }
}
