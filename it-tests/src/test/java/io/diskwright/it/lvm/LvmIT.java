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
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs in a guest that has device-mapper what needs it; each of its tests is one here.
 *
 * <p>Each command of lvm2 takes half a second there, and the guest all that the machine has. So the
 * lane runs part of the contract and of the kills; {@code -Ddiskwright.lvm=all} runs all, for about
 * an hour and a half.
 *
 * <p>In the guest there is one processor, and what is written goes nowhere but to {@link #shared}.
 */
class LvmIT {
  private static final Logger LOG = LoggerFactory.getLogger(LvmIT.class);
  private static final int LEAST = 40;
  private static final boolean ALL = System.getProperty("diskwright.lvm", "").equals("all");
  private static final int ENOUGH_SECONDS = ALL ? 9000 : 3600;
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
          LvmBootInGuest.class);

  private static final String THIN = LvmContractInGuest.class.getName();
  private static final String LINEAR = LinearContractInGuest.class.getName();
  private static final String WIPED = WipedContractInGuest.class.getName();

  /** The areas of the contract that the lane has time for. */
  private static final List<String> AREAS =
      List.of(THIN + '/' + THIN + "$Snapshots", WIPED + '/' + AREA + "Delete");

  private static final String KILLS_OF_THE_LANE = "linear: delete";

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
    Path results = shared.resolve("results");
    List<String> command =
        new ArrayList<>(
            List.of(
                ENV.toString(), "lvm", "run", "-t", "" + ENOUGH_SECONDS, "-w", shared.toString()));
    command.add("--");
    command.addAll(List.of("bash", "-c", WITHOUT_LOCKED_MEMORY, "bash"));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Djdk.lang.Process.launchMechanism=VFORK", // each program less is noticed in there
            "-Ddiskwright.scenario=" + (ALL ? LvmKilledInGuest.ALL : KILLS_OF_THE_LANE),
            "-cp",
            System.getProperty("java.class.path"),
            GuestTests.class.getName(),
            results.toString()));
    command.addAll(selectors());

    Tools.Result guest = Tools.run(new ProcessBuilder(command), ENOUGH_SECONDS + 60);
    LOG.info("the guest says:\n{}", guest.error());

    assertThat(guest.status()).as(guest.toString()).isZero();
    assertThat(Files.exists(results)).as(guest.toString()).isTrue();
    List<GuestTests.Ended> ended = GuestTests.Ended.read(results);
    assertThat(ended).as(guest.toString()).hasSizeGreaterThan(LEAST);
    return ended.stream().map(LvmIT::test);
  }

  private static List<String> selectors() {
    List<String> selectors = new ArrayList<>();
    CLASSES.forEach(test -> selectors.add("class:" + test.getName()));
    selectors.add("class:" + LvmKilledInGuest.class.getName());
    if (ALL) {
      Stream.of(THIN, LINEAR, WIPED).forEach(contract -> selectors.add("class:" + contract));
    } else {
      AREAS.forEach(area -> selectors.add("nested-class:" + area));
    }
    return selectors;
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
