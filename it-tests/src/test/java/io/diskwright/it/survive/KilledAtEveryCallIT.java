package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
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
 * P1, P2, P4, P10: whatever system call the program is killed at, what is found is whole, the same
 * request finishes, and {@code recover} leaves nothing behind.
 *
 * <p>Of many like calls in a row on one file, it is killed at the first two and the last.
 */
class KilledAtEveryCallIT {
  private static final Logger LOG = LoggerFactory.getLogger(KilledAtEveryCallIT.class);
  private static final int KILLED = 137;
  private static final int TOO_MANY = 500;

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
    LOG.info("{} kills in all", total);
  }

  @TestFactory
  Stream<DynamicTest> rawOnXfs() throws IOException {
    Pools pools = new Pools(XFS.mount(), "raw");
    return tests("raw on xfs", pools, pools.scenarios(), List.of());
  }

  /** Only what is done in another way where blocks cannot be shared. */
  @TestFactory
  Stream<DynamicTest> rawOnExt4() throws IOException {
    Pools pools = new Pools(EXT4.mount(), "raw");
    List<String> copying = List.of("create warm", "create cold raw", "create preallocated");
    return tests("raw on ext4", pools, copying, List.of());
  }

  /** What makes the same calls whatever the format is is killed on XFS only. */
  @TestFactory
  Stream<DynamicTest> qcow2OnExt4() throws IOException {
    Pools pools = new Pools(EXT4.mount(), "qcow2");
    List<String> same = List.of("first use of the pool", "delete", "recover");
    List<String> others = new ArrayList<>(pools.scenarios());
    assertThat(others.removeAll(same)).isTrue();
    List<String> withTools = List.of("resize", "flatten", "create snapshot");
    return tests("qcow2 on ext4", pools, others, withTools);
  }

  /** A tool in a cage cannot be traced, nor the program be killed from there: see CageDeathIT. */
  private static Stream<DynamicTest> tests(
      String place, Pools pools, List<String> scenarios, List<String> withTools) {
    Stream<DynamicTest> byAnyCall =
        scenarios.stream()
            .map(name -> test(place + ": " + name, pools, name, home -> Death.ofTheCaller(cli)));
    Stream<DynamicTest> byItsTool =
        withTools.stream()
            .map(
                name ->
                    test(
                        "%s: %s, by its tool's calls".formatted(place, name),
                        pools,
                        name,
                        home -> Death.ofToolAndProgram(cli, home)));
    return Stream.concat(byAnyCall, byItsTool).onClose(pools::close);
  }

  private static DynamicTest test(
      String title, Pools pools, String scenario, Function<Path, Death> death) {
    return DynamicTest.dynamicTest(
        title,
        () -> {
          int kills = killAtEveryCall(pools, scenario, death);
          LOG.info("{}: {} kills", title, kills);
          total += kills;
        });
  }

  private static int killAtEveryCall(Pools pools, String scenario, Function<Path, Death> death)
      throws IOException {
    var calls = pools.one(pool -> trace(pool, pool.named(scenario), death.apply(pool.home())));
    List<Pools.Run<Kills>> runs = new ArrayList<>();
    calls.forEach(
        (call, seen) -> {
          Killer killer = (pool, n) -> isKilledAt(call, n, pool, scenario, death);
          seen.forEach(n -> runs.add(pool -> new Kills(call, killer.isKilledAt(pool, n) ? 1 : 0)));
          if (SystemCalls.isKilledUntilItSurvives(call)) {
            runs.add(pool -> new Kills(call, killFurther(pool, seen.last() + 1, killer)));
          }
        });
    Map<String, Integer> kills = new TreeMap<>();
    pools.all(runs).forEach(some -> kills.merge(some.call(), some.count(), Integer::sum));
    assertThat(kills).allSatisfy((call, count) -> assertThat(count).as(call).isPositive());
    return kills.values().stream().mapToInt(Integer::intValue).sum();
  }

  /** Returns for each call at which of them, counted from 1, the whole run changed the pool. */
  private static SortedMap<String, SortedSet<Integer>> trace(
      Scenarios pool, Scenario scenario, Death death) throws IOException {
    Path log = pool.home().resolve("strace.log");
    Files.deleteIfExists(log);
    ScenarioRun run = ScenarioRun.of(pool, scenario, death.traced(log));
    assertThat(run.end().status()).as(run.end().printed()).isZero();
    run.assertIsSurvived(false);
    var calls = SystemCalls.changing(TestPool.folder(pool.home()), log);
    assertThat(calls).as("calls that change the pool").isNotEmpty();
    return calls;
  }

  /** How often the program was killed at a call. */
  private record Kills(String call, int count) {}

  /** Kills the program at the n-th of a call, if it gets there. */
  @FunctionalInterface
  private interface Killer {
    boolean isKilledAt(Scenarios pool, int n) throws IOException;
  }

  /** Goes on until a run survives. */
  private static int killFurther(Scenarios pool, int first, Killer killer) throws IOException {
    int n = first;
    while (killer.isKilledAt(pool, n)) {
      n++;
      assertThat(n).as("the program makes ever more calls").isLessThan(TOO_MANY);
    }
    return n - first;
  }

  private static boolean isKilledAt(
      String call, int n, Scenarios pool, String scenario, Function<Path, Death> death)
      throws IOException {
    try {
      ScenarioRun run =
          ScenarioRun.of(pool, pool.named(scenario), death.apply(pool.home()).at(call, n));
      // A tool that is killed is a failure like another: its kind of failure is not of interest.
      assertThat(run.end().status()).as(run.end().printed()).isNotIn(1, 2);
      if (run.isDone() || run.end().status() == KILLED) {
        assertThat(run.end().printed()).doesNotContain("Exception");
      }
      run.assertIsSurvived(n % 2 == 0);
      return !run.isDone();
    } catch (AssertionError | IOException e) {
      throw new AssertionError(
          "%s, killed at %s %d, in %s: %s"
              .formatted(scenario, call, n, pool.home(), e.getMessage()),
          e);
    }
  }
}
