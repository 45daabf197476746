package io.diskwright.it.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.diskwright.it.boot.LvmBootInGuest;
import io.diskwright.it.contract.LvmContractInGuest;
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
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs in a guest that has device-mapper what needs it; each of its tests is one here.
 *
 * <p>Beside the other tests, because it takes long: each command of lvm2 takes half a second there.
 *
 * <p>In the guest there is one processor, and what is written goes nowhere but to {@link #shared}.
 */
@Execution(ExecutionMode.CONCURRENT)
class LvmIT {
  private static final Logger LOG = LoggerFactory.getLogger(LvmIT.class);
  private static final int ENOUGH_SECONDS = 4500;
  private static final Path ENV = Path.of("env").toAbsolutePath();

  /** Their names end neither with Test nor with IT, so that nothing runs them out here. */
  private static final List<Class<?>> CLASSES =
      List.of(
          VolumeGroupInGuest.class,
          PoolInGuest.class,
          LvmBootInGuest.class,
          LvmKilledInGuest.class,
          LvmContractInGuest.class);

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
            "-cp",
            System.getProperty("java.class.path"),
            GuestTests.class.getName(),
            results.toString()));
    CLASSES.forEach(test -> command.add("class:" + test.getName()));

    Tools.Result guest = Tools.run(new ProcessBuilder(command), ENOUGH_SECONDS + 60);
    LOG.info("the guest says:\n{}", guest.error());

    assertThat(guest.status()).as(guest.toString()).isZero();
    assertThat(Files.exists(results)).as(guest.toString()).isTrue();
    List<GuestTests.Ended> ended = GuestTests.Ended.read(results);
    assertThat(ended).as(guest.toString()).hasSizeGreaterThanOrEqualTo(CLASSES.size());
    return ended.stream().map(LvmIT::test);
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
