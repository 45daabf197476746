package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * P1, P2, P4, P10 on storage that hosts share: before whatever native call that changes something a
 * process is killed, what another finds at once is whole, the same request finishes there, and
 * {@code recover} leaves nothing behind when leases have lapsed.
 *
 * <p>All are killed first, each in a namespace of its own: so they wait for leases together.
 *
 * <p>{@code -Ddiskwright.scenario=REGEX} for some of the scenarios only.
 */
@ExtendWith(SharedCeph.class)
class RbdKilledAtEveryCallIT {
  private static final Logger LOG = LoggerFactory.getLogger(RbdKilledAtEveryCallIT.class);
  private static final String SCENARIO = System.getProperty("diskwright.scenario", ".*");
  private static final List<String> OPTIONS =
      List.of("--add-opens=java.base/java.lang.reflect=ALL-UNNAMED");
  private static final int KILLERS = 2;

  /** These wait for the locks of who was killed, more than they work. */
  private static final int SURVIVORS = 12;

  @TempDir private static Path folder;
  private static Ceph ceph;
  private static RbdScenarios scenarios;
  private static ArchivedJava java;
  private static ExecutorService killers;
  private static ExecutorService survivors;

  private final List<Future<RbdKill>> survivals = new ArrayList<>();
  private final List<RbdKill> survived = new ArrayList<>();

  @BeforeAll
  static void prepare(Ceph shared) throws IOException {
    ceph = shared;
    RbdScenarios.makeImages(folder);
    scenarios = new RbdScenarios(folder);
    java = new ArchivedJava(folder, OPTIONS);
    RbdKill.train(ceph, java, scenarios, scenarios.named("create cold raw"));
    killers = Executors.newFixedThreadPool(KILLERS);
    survivors = Executors.newFixedThreadPool(SURVIVORS);
  }

  @AfterAll
  static void end() {
    killers.shutdownNow();
    survivors.shutdownNow();
  }

  @TestFactory
  Stream<DynamicTest> whoeverIsKilledBeforeWhateverCallHarmsNothing() {
    Stream<DynamicTest> kills =
        scenarios.all().stream()
            .filter(one -> one.name().matches(SCENARIO))
            .map(one -> DynamicTest.dynamicTest("kill: " + one.name(), () -> kill(one)));
    return Stream.concat(
        kills,
        Stream.of(
            DynamicTest.dynamicTest("what is there is whole, and all is finished", this::survive),
            DynamicTest.dynamicTest("nothing is left", this::assertNothingIsLeft),
            DynamicTest.dynamicTest("no objects are left", this::assertNoObjectsAreLeft)));
  }

  /** Counts the calls of a process that lives, and kills others at each of them. */
  private void kill(RequestScenario scenario) throws Exception {
    RbdKill whole = run(scenario, 0).call();
    String[] calls = whole.calls().split(" ");
    assertThat(calls).as("calls that change something").isNotEmpty().doesNotContain("");
    List<Callable<RbdKill>> kills =
        IntStream.rangeClosed(1, calls.length + 1)
            .filter(n -> n % scenario.every() == 0 || n > calls.length)
            .mapToObj(n -> run(scenario, n))
            .toList();
    List<RbdKill> runs = new ArrayList<>(join(killers.invokeAll(kills)));
    assertThat(runs).filteredOn(RbdKill::isKilled).as("killed").isNotEmpty();
    int n = calls.length + 1;
    while (runs.get(runs.size() - 1).isKilled()) {
      runs.add(run(scenario, ++n).call());
      assertThat(n).as("the process makes ever more calls").isLessThan(2 * calls.length + 2);
    }
    LOG.info("{}: {}", scenario.name(), told(runs));
  }

  private Callable<RbdKill> run(RequestScenario scenario, int n) {
    return () -> {
      RbdKill run = RbdKill.run(ceph, java, scenarios, scenario, n);
      synchronized (survivals) {
        survivals.add(survivors.submit(run::assertIsSurvived));
      }
      return run;
    };
  }

  private static String told(List<RbdKill> runs) {
    Map<String, Long> calls =
        runs.stream()
            .filter(RbdKill::isKilled)
            .collect(Collectors.groupingBy(RbdKill::calls, TreeMap::new, Collectors.counting()));
    return "%d kills %s".formatted(calls.values().stream().mapToLong(i -> i).sum(), calls);
  }

  private void survive() throws Exception {
    survived.addAll(join(survivals));
    LOG.info("in all: {}", told(survived));
  }

  private void assertNothingIsLeft() throws Exception {
    List<Callable<RbdKill>> checks = new ArrayList<>();
    survived.forEach(run -> checks.add(run::assertLeavesNothing));
    assertThat(join(killers.invokeAll(checks))).isNotEmpty();
  }

  private void assertNoObjectsAreLeft() throws Exception {
    List<PoolOnCeph.StoredObject> objects = PoolOnCeph.objects(ceph);
    List<String> strays = new ArrayList<>();
    for (RbdKill run : survived) {
      strays.addAll(run.strayObjects(objects));
    }
    assertThat(strays).isEmpty();
  }

  /** Waits for all; fails with what each of those that failed says. */
  private static <T> List<T> join(List<Future<T>> futures) throws InterruptedException {
    List<T> results = new ArrayList<>();
    List<Throwable> failures = new ArrayList<>();
    for (Future<T> future : futures) {
      try {
        results.add(future.get());
      } catch (ExecutionException e) {
        failures.add(e.getCause());
      }
    }
    assertThat(failures).extracting(Throwable::getMessage).isEmpty();
    return results;
  }
}
