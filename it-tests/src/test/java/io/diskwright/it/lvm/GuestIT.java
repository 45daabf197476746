package io.diskwright.it.lvm;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code it-tests/env lvm run}: what goes into its guest and comes out of it, and what ends it. */
class GuestIT {
  private static final Path ENV = Path.of("env").toAbsolutePath();
  private static final String MARK = "DISKWRIGHT_GUEST_IT";
  private static final int PATIENCE_SECONDS = 60;

  private final String mark = MARK + '=' + UUID.randomUUID();

  @TempDir Path parent = Path.of("");
  private Path temporary = Path.of("");
  private Path shared = Path.of("");

  @BeforeEach
  void makeFolders() throws IOException {
    temporary = Files.createDirectory(parent.resolve("tmp"));
    shared = Files.createDirectory(parent.resolve("a folder, 'shared'"));
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    for (ProcessHandle process : processes()) {
      process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    assertThat(temporary).isEmptyDirectory();
  }

  private ProcessBuilder guest(String... arguments) {
    List<String> command = new ArrayList<>(List.of(ENV.toString(), "lvm", "run"));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("TMPDIR", temporary.toString());
    builder.environment().put(MARK, mark.substring(MARK.length() + 1));
    return builder;
  }

  private Tools.Result run(String... arguments) throws Exception {
    return Tools.run(guest(arguments));
  }

  /** Those that a guest consists of, and its runner. */
  private List<ProcessHandle> processes() {
    return ProcessHandle.allProcesses().filter(this::isOurs).toList();
  }

  private boolean isOurs(ProcessHandle process) {
    try {
      Path environment = Path.of("/proc", Long.toString(process.pid()), "environ");
      return Files.readString(environment, ISO_8859_1).contains(mark);
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  @Test
  void statusAndStreamsOfTheCommandComeThrough() throws Exception {
    Tools.Result result =
        run(
            "--",
            "bash",
            "-c",
            "printf 'one\\ntwo\\r\\n'; printf '\\e[1m\\t\\xc3\\xa4' >&2; exit 42");

    assertThat(result.status()).isEqualTo(42);
    assertThat(result.output()).isEqualTo("one\ntwo\r\n");
    assertThat(result.error()).isEqualTo("\u001b[1m\t\u00e4");
  }

  @Test
  void allOfALongOutputComesThrough() throws Exception {
    int lines = 200_000;

    Tools.Result result =
        run(
            "--",
            "bash",
            "-c",
            "seq %1$d & seq %1$d >&2; wait; echo end; sleep infinity &".formatted(lines));

    assertThat(result.status()).isZero();
    assertThat(result.output().lines()).hasSize(lines + 1).endsWith("" + lines, "end");
    assertThat(result.error().lines()).hasSize(lines).endsWith("" + lines);
  }

  @Test
  void theCommandRunsWithItsArgumentsFolderAndEnvironment() throws Exception {
    String odd = "$HOME `id` \\ \"a\" 'b'\n*; \u00e4 = ";
    ProcessBuilder guest =
        guest(
            "--", "bash", "-c", "printf '%s|' \"$@\" \"$PWD\" \"$ODD\"", "-", "", odd, "--", "-w");
    guest.directory(shared.toFile()).environment().put("ODD", odd);

    Tools.Result result = Tools.run(guest);

    assertThat(result.output())
        .isEqualTo(String.join("|", "", odd, "--", "-w", "" + shared, odd, ""));
    assertThat(result.error()).isEmpty();
    assertThat(result.status()).isZero();
  }

  @Test
  void volumesCanBeMadeOnItsDisks() throws Exception {
    String script =
        """
        [[ $LVM_DISKS == '/dev/ubdb /dev/ubdc' ]]
        vgcreate vg $LVM_DISKS
        lvcreate -L 64M -T vg/pool
        lvcreate -V 1G -T vg/pool -n base
        echo one | dd of=/dev/vg/base conv=fsync
        lvcreate -s -kn vg/base -n disk
        echo two | dd of=/dev/vg/base conv=fsync
        [[ $(head -c 3 /dev/vg/disk) == one ]]
        [[ $(head -c 3 /dev/vg/base) == two ]]
        lvcreate -L 64M vg -n thick
        lvcreate -L 64M -s vg/thick -n copy
        lvs -o name,origin,pool_lv,size --noheadings --units m --separator ' ' >&3
        vgremove -f vg
        pvs >&3
        """;

    Tools.Result result = run("--", "bash", "-euc", "exec 3>&1 >&2\n" + script);

    assertThat(result.status()).as(result.error()).isZero();
    assertThat(result.output().lines().map(String::strip))
        .contains("base  pool 1024.00m", "disk base pool 1024.00m", "copy thick  64.00m");
  }

  @Test
  void onlyWhatIsWrittenToAFolderWrittenThroughReachesTheHost() throws Exception {
    Path other = Files.createDirectory(parent.resolve("other"));
    Files.writeString(shared.resolve("old"), "old");
    Files.writeString(other.resolve("old"), "old");
    String script = "for d; do cat \"$d/old\"; echo new >\"$d/old\"; echo x >\"$d/x\"; done";

    Tools.Result result =
        run("-w", shared.toString(), "--", "bash", "-euc", script, "-", "" + shared, "" + other);

    assertThat(result.status()).as(result.error()).isZero();
    assertThat(result.output()).isEqualTo("oldold");
    assertThat(shared.resolve("old")).hasContent("new");
    assertThat(shared.resolve("x")).hasContent("x");
    assertThat(other.resolve("old")).hasContent("old");
    assertThat(other.resolve("x")).doesNotExist();
  }

  @Test
  void whatDoesNotEndIsEnded() throws Exception {
    Tools.Result result = run("-t", "10", "--", "bash", "-c", "setsid sleep infinity & wait");

    assertThat(result.status()).as("%s", result).isEqualTo(124);
    assertThat(result.error()).contains("was not done after 10 s");
    assertThat(processes()).isEmpty();
  }

  @Test
  void aKilledRunnerTakesItsGuestAlong() throws Exception {
    Process runner =
        guest("--", "bash", "-c", "echo up; sleep infinity")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(runner.inputReader().readLine()).isEqualTo("up");
    List<ProcessHandle> processes = processes();
    assertThat(processes).hasSizeGreaterThan(3);

    runner.destroyForcibly();

    assertThat(runner.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    for (ProcessHandle process : processes) {
      process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    assertThat(processes()).isEmpty();
  }

  @Test
  void aGuestThatDiesIsNotTakenForItsCommand() throws Exception {
    Tools.Result result = run("--", "bash", "-c", "echo c >/proc/sysrq-trigger; sleep infinity");

    assertThat(result.status()).isEqualTo(125);
    assertThat(result.error()).contains("Kernel panic", "the guest ended early");
    assertThat(processes()).isEmpty();
  }

  @Test
  void badArgumentsAreTold() throws Exception {
    Tools.Result folder = run("-w", parent.resolve("none").toString(), "--", "true");
    assertThat(folder.status()).isEqualTo(125);
    assertThat(folder.error()).contains("it-tests/env lvm run: folder (", "is not there");

    Tools.Result nothing = run("--");
    assertThat(nothing.status()).isEqualTo(125);
    assertThat(nothing.error()).contains("takes a command");
  }
}
