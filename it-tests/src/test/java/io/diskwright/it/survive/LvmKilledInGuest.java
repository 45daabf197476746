package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.lvm.Lvm2;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * P1, P2, P4, P10 on LVM: at whatever command that changes something a process is killed, before it
 * or while it runs, what another finds at once is whole, the same request finishes there, and
 * {@code recover} leaves nothing behind.
 */
public class LvmKilledInGuest {
  private static final Logger LOG = LoggerFactory.getLogger(LvmKilledInGuest.class);
  private static final int KILLED = 137;

  /** What is one command of lvm2 is done by lvm2, or not; these are several. */
  private static final String THIN = "create (warm|cold raw)|resize|roll back";

  /** Without a thin pool bases are files; what kills amid these do is tested elsewhere. */
  private static final String LINEAR = "create warm|resize|delete";

  /** All of them, those without a thin pool as {@code linear: …}. */
  public static final String ALL = ".*";

  private static final String SCENARIO = System.getProperty("diskwright.scenario", ALL);

  @TempDir private static Path folder;
  private static RequestScenarios scenarios;
  private static ArchivedJava java;

  @BeforeAll
  static void prepare() throws IOException {
    RequestScenarios.makeImages(folder);
    scenarios = new RequestScenarios(folder);
    java = new ArchivedJava(folder, List.of("-Djdk.lang.Process.launchMechanism=VFORK"));
    try (Lvm2 lvm = Lvm2.group("train")) {
      Path home = PoolOnLvm.make(lvm, folder);
      Program.End end =
          java.train(
              folder.resolve("classes.jsa"), LvmRequestMain.class, home, folder, "create warm");
      assertThat(end.status()).as(end.printed()).isZero();
    }
  }

  @TestFactory
  Stream<DynamicTest> whoeverIsKilledAtWhateverCommandHarmsNothing() {
    return Stream.concat(
        kills("kill: ", THIN, () -> Lvm2.group("killed")),
        kills("kill: linear: ", LINEAR, () -> Lvm2.linear("killed")));
  }

  /** Makes the group of which a scenario begins. */
  @FunctionalInterface
  private interface Group {
    Lvm2 make() throws IOException;
  }

  private static Stream<DynamicTest> kills(String what, String names, Group group) {
    return scenarios.all().stream()
        .filter(scenario -> scenario.name().matches(names))
        .filter(scenario -> (what + scenario.name()).matches("kill: (" + SCENARIO + ")"))
        .map(one -> DynamicTest.dynamicTest(what + one.name(), () -> kill(one, group)));
  }

  private static void kill(RequestScenario scenario, Group group) throws IOException {
    int kills = 0;
    while (isKilled(scenario, kills + 1, group)) {
      kills++;
    }
    LOG.info("{}: killed at each of {} commands", scenario.name(), kills);
    assertThat(kills).isGreaterThan(1);
  }

  /** Kills the process at its n-th command, if it comes to that, and looks what came of it. */
  private static boolean isKilled(RequestScenario scenario, int n, Group group) throws IOException {
    try (Lvm2 lvm = group.make()) {
      Path home = PoolOnLvm.make(lvm, folder);
      boolean stays;
      try (TestPool before = TestPool.open(home)) {
        scenario.before().with(before);
        stays = scenarios.hasWhatStays(before);
      }
      ProcessBuilder process = java.java(LvmRequestMain.class, home, folder, scenario.name());
      process.environment().merge("PATH", killer(home, n), (path, first) -> first + ':' + path);
      Program.End end = Program.end(process);
      assertThat(end.status()).as("%s, %d: %s", scenario.name(), n, end).isIn(0, KILLED);
      try (TestPool after = TestPool.open(home)) {
        scenarios.assertNothingElseChanged(after, stays);
        scenario.held().with(after);
        scenario.request().with(after);
        scenario.done().with(after);
        after.assertRecoversToNothing();
        scenarios.assertNothingElseChanged(after, stays);
      } catch (AssertionError | IOException e) {
        throw new AssertionError("killed at command %d: %s".formatted(n, e), e);
      }
      return end.status() == KILLED;
    }
  }

  /**
   * Writes a script that goes for lvm2, and kills who calls it for the n-th change: before an even
   * one, and amid an odd one, which lvm2 then finishes alone.
   */
  private static String killer(Path home, int n) throws IOException {
    Path bin = Files.createDirectory(home.resolve("bin"));
    Path calls = Files.createFile(home.resolve("calls"));
    Path script = bin.resolve("lvm");
    Files.writeString(
        script,
        """
        #!/bin/sh
        case $1 in
          lvs | vgs) ;;
          *)
            echo "$1" >> '%1$s'
            if [ "$(wc -l < '%1$s')" -eq %2$d ]; then
              trap '' TERM
              kill -KILL $PPID
              [ %2$d -ne %3$d ] || exit 1
            fi
            ;;
        esac
        exec %4$s "$@"
        """
            .formatted(calls, n, n / 2 * 2, Program.find("lvm")));
    Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
    return bin.toString();
  }
}
