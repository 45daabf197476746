package io.diskwright.it.lvm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.diskwright.it.support.Tools;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs in a guest that has device-mapper what needs it; each of its tests is one here.
 *
 * <p>In the guest there is one processor, and what is written goes nowhere but to {@link #shared}.
 */
class LvmIT {
  private static final Path ENV = Path.of("env").toAbsolutePath();

  /** Their names end neither with Test nor with IT, so that nothing runs them out here. */
  private static final List<Class<?>> CLASSES = List.of(VolumeGroupInGuest.class);

  @TempDir Path shared = Path.of("");

  @TestFactory
  Stream<DynamicTest> inTheGuest() throws Exception {
    Path results = shared.resolve("results");
    List<String> command =
        new ArrayList<>(List.of(ENV.toString(), "lvm", "run", "-w", shared.toString(), "--"));
    command.addAll(
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            GuestTests.class.getName(),
            results.toString()));
    CLASSES.forEach(test -> command.add(test.getName()));

    Tools.Result guest = Tools.run(new ProcessBuilder(command));

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
