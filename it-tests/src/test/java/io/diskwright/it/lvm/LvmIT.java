package io.diskwright.it.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.diskwright.contract.BackendContract;
import io.diskwright.it.boot.LvmBootInGuest;
import io.diskwright.it.contract.LinearContractInGuest;
import io.diskwright.it.contract.LvmContractInGuest;
import io.diskwright.it.contract.WipedContractInGuest;
import io.diskwright.it.support.Tools;
import io.diskwright.it.survive.LvmKilledInGuest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs in a guest that has device-mapper what needs it; each of its tests is one here.
 *
 * <p>Each command of lvm2 takes half a second there, and the guest a processor of the machine. So
 * the lane runs part of the contract and of the kills; {@code -Ddiskwright.lvm=all} runs all, in
 * two guests at once, for about twenty minutes.
 *
 * <p>In a guest there is one processor, and what is written goes nowhere but to {@link #shared}.
 */
class LvmIT {
  private static final Logger LOG = LoggerFactory.getLogger(LvmIT.class);
  private static final int LEAST = 40;
  private static final boolean ALL = System.getProperty("diskwright.lvm", "").equals("all");
  private static final int ENOUGH_SECONDS = 3600;
  private static final Path ENV = Path.of("env").toAbsolutePath();

  private static final String AREA = BackendContract.class.getName() + '$';

  /** Their names end neither with Test nor with IT, so that nothing runs them out here. */
  private static final List<Class<?>> CLASSES =
      List.of(
          VolumeGroupInGuest.class,
          MetadataInGuest.class,
          PoolInGuest.class,
          GroupsInGuest.class,
          LinearInGuest.class,
          SharedInGuest.class,
          LvmBootInGuest.class);

  private static final String THIN = LvmContractInGuest.class.getName();
  private static final String LINEAR = LinearContractInGuest.class.getName();
  private static final String WIPED = WipedContractInGuest.class.getName();

  private static final String KILLS = LvmKilledInGuest.class.getName();

  /**
   * What one guest runs.
   *
   * @param name what it is called here
   * @param kills amid which requests processes are killed
   * @param selectors what it runs, as {@link GuestTests} reads it
   */
  private record Guest(String name, String kills, List<String> selectors) {}

  /** What the lane has time for. */
  private static final List<Guest> LANE =
      List.of(
          new Guest(
              "lane",
              "linear: delete",
              selectors(
                  classes(),
                  Stream.of(
                      "class:" + KILLS,
                      "nested-class:" + THIN + '/' + THIN + "$Snapshots",
                      "nested-class:" + WIPED + '/' + AREA + "Delete"))));

  private static final List<Guest> WHOLE =
      List.of(
          new Guest(
              "contract of thin pools",
              LvmKilledInGuest.ALL,
              selectors(classes(), Stream.of("class:" + THIN))),
          new Guest(
              "kills, contract without thin pools",
              LvmKilledInGuest.ALL,
              Stream.of(KILLS, LINEAR, WIPED).map(test -> "class:" + test).toList()));

  /** Amid each change lvm2 locks memory, which takes as long in the guest as all else it does. */
  private static final String WITHOUT_LOCKED_MEMORY =
      """
      echo 'activation { reserved_memory = 0 reserved_stack = 0 mlock_filter = [ "/", "[" ] }' \\
        >> /etc/lvm/lvm.conf
      exec "$@"
      """;

  @TempDir Path shared = Path.of("");

  @TestFactory
  Stream<DynamicTest> inTheGuest() throws Exception {
    List<Guest> guests = ALL ? WHOLE : LANE;
    ExecutorService threads = Executors.newFixedThreadPool(guests.size());
    try {
      List<GuestTests.Ended> ended = new ArrayList<>();
      for (Future<List<GuestTests.Ended>> guest :
          threads.invokeAll(
              guests.stream()
                  .<Callable<List<GuestTests.Ended>>>map(guest -> () -> run(guest))
                  .toList())) {
        ended.addAll(guest.get());
      }
      assertThat(ended).hasSizeGreaterThan(LEAST);
      return ended.stream().map(LvmIT::test);
    } finally {
      threads.shutdown();
    }
  }

  private List<GuestTests.Ended> run(Guest guest) throws Exception {
    Path folder = Files.createDirectory(shared.resolve(guest.name()));
    Path results = folder.resolve("results");
    List<String> command =
        new ArrayList<>(
            List.of(
                ENV.toString(), "lvm", "run", "-t", "" + ENOUGH_SECONDS, "-w", folder.toString()));
    command.add("--");
    command.addAll(List.of("bash", "-c", WITHOUT_LOCKED_MEMORY, "bash"));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djdk.lang.Process.launchMechanism=VFORK", // each program less is noticed in there
            "-Dorg.slf4j.simpleLogger.log.io.diskwright.it=info", // what the tests count
            "-Ddiskwright.scenario=" + guest.kills(),
            "-cp",
            System.getProperty("java.class.path"),
            GuestTests.class.getName(),
            results.toString()));
    command.addAll(guest.selectors());

    Tools.Result end = Tools.run(new ProcessBuilder(command), ENOUGH_SECONDS + 60);
    LOG.info("the guest ({}) says:\n{}", guest.name(), end.error());

    assertThat(end.status()).as(end.toString()).isZero();
    assertThat(Files.exists(results)).as(end.toString()).isTrue();
    return GuestTests.Ended.read(results);
  }

  private static Stream<String> classes() {
    return CLASSES.stream().map(test -> "class:" + test.getName());
  }

  private static List<String> selectors(Stream<String> some, Stream<String> more) {
    return Stream.concat(some, more).toList();
  }

  private static DynamicTest test(GuestTests.Ended ended) {
    return DynamicTest.dynamicTest(
        String.join(": ", ended.path()),
        () -> {
          if (!ended.failure().isEmpty()) {
            fail("in the guest: %s", ended.failure());
          }
        });
  }
}
