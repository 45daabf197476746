package io.diskwright.it.program;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Await;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.PoolScan;
import io.diskwright.it.support.Program;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** qemu-img fails in every way it can, and the program is ended in the midst of its work. */
class ToolFailuresIT {
  /** What it is found by: in its cage the tool has nowhere to write its id, and not this one. */
  private static final String HANG = "exec sleep 1000 %s";

  @TempDir Path home = Path.of("");
  private Program program;
  private Path tools = Path.of("");

  @BeforeEach
  void prepare() throws IOException {
    program = new Program(home);
    tools = Files.createDirectory(home.resolve("tools"));
  }

  @AfterEach
  void itWorksAgain() throws Exception {
    Program whole = new Program(home);
    whole.succeed("disk", "create", "disk", "--image", Images.HELLO_QCOW2, "--size", "20M");
    Path disks = program.defaultPool().resolve("disks");
    try (Stream<Path> files = Files.list(disks)) {
      Path disk =
          files
              .filter(file -> file.toString().matches(".*/disk\\.[^/]*\\.qcow2"))
              .findFirst()
              .orElseThrow();
      Tools.assertSame(disk, "qcow2", Images.HELLO_RAW, "raw");
    }
  }

  /** Puts a script in the place of qemu-img. */
  private Program with(String script) throws IOException {
    Path tool = Files.writeString(tools.resolve("qemu-img"), "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(tool, PosixFilePermissions.fromString("rwxr-xr-x"));
    return program.with("PATH", tools + ":/usr/bin:/bin");
  }

  private static Object[] create(Object... more) {
    return Stream.concat(
            Stream.of("disk", "create", "disk", "--image", Images.HELLO_QCOW2, "--size", "20M"),
            Stream.of(more))
        .toArray();
  }

  private void assertNothingIsLeft() throws IOException {
    assertThat(PoolScan.leftOvers(program.defaultPool())).isEmpty();
    assertThat(PoolScan.baseFiles(program.defaultPool())).isEmpty();
  }

  private String hang() {
    return HANG.formatted(Long.toString(1000 + Math.abs((long) home.hashCode())));
  }

  private boolean hangs() {
    return ProcessHandle.allProcesses()
        .anyMatch(process -> process.info().commandLine().orElse("").endsWith(hang().substring(5)));
  }

  @Test
  void aMissingToolIsToldWithItsPackage() throws Exception {
    with(""); // what the program's own script may need is all that is left
    Files.move(tools.resolve("qemu-img"), tools.resolve("readlink"));
    program.with("PATH", tools.toString());

    assertThat(program.fail(Reason.UNAVAILABLE, create()))
        .contains("qemu-img", "apt-get install qemu-utils");
    assertThat(program.failAsJson(Reason.UNAVAILABLE, create())).contains("qemu-utils");
    assertNothingIsLeft();
    program.succeed("disk", "create", "raw", "--image", Images.HELLO_RAW);
  }

  @Test
  void aToolThatHangsIsEnded() throws Exception {
    String error =
        with(hang()).fail(Reason.UNAVAILABLE, create("-o", "pools.local.stall-timeout=1s"));

    assertThat(error).contains("qemu-img", "did nothing");
    assertThat(hangs()).isFalse();
    assertNothingIsLeft();
  }

  @Test
  void aConversionPastItsDeadlineIsEnded() throws Exception {
    String error = with(hang()).fail(Reason.UNAVAILABLE, create("--deadline", "2s"));

    assertThat(error).contains("deadline");
    assertThat(hangs()).isFalse();
    assertNothingIsLeft();
  }

  @Test
  void aConversionPastThePoolsDeadlineIsEnded() throws Exception {
    with(hang()).fail(Reason.UNAVAILABLE, create("-o", "pools.local.conversion-deadline=1s"));

    assertThat(hangs()).isFalse();
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @CsvSource({
    "kill -KILL $$, IO_ERROR, signal 9",
    "kill -SEGV $$, IO_ERROR, signal 11",
    "echo no luck >&2; exit 1, IO_ERROR, no luck",
    "exit 1, IO_ERROR, qemu-img",
    "echo write failed: No space left on device >&2; exit 1, NO_SPACE, free space"
  })
  void aToolThatFailsIsToldWithWhatItSaid(String script, Reason reason, String says)
      throws Exception {
    assertThat(with(script).fail(reason, create())).contains(says);
    assertNothingIsLeft();
  }

  @Test
  void aToolThatIsNoProgramIsTold() throws Exception {
    with("");
    Files.write(tools.resolve("qemu-img"), new byte[] {0x7f, 'E', 'L', 'F', 0, 0, 0, 0});

    assertThat(program.fail(Reason.IO_ERROR, create())).contains("qemu-img failed");
    assertNothingIsLeft();
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM"})
  void aSignalDuringAConversionLeavesNothing(String signal) throws Exception {
    Process running = start(with(hang()).command(create()));
    Await.until("qemu-img starts", this::hangs);

    Tools.run("kill", "-" + signal, running.pid());

    assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(running.exitValue()).isEqualTo(Reason.CANCELLED.exitCode());
    Await.until("qemu-img ends", () -> !hangs());
    assertNothingIsLeft();
    assertThat(Files.readString(home.resolve("error"))).doesNotContain("\tat ", "Exception");
  }

  @Test
  void aSignalDuringACopyLeavesNothing() throws Exception {
    Path image = home.resolve("large.raw");
    try (var file = io.diskwright.toolkit.os.NativeFile.createNew(image, 0600)) {
      file.truncate(64L << 30); // a digest reads all of it, which takes minutes
    }
    Process running =
        start(
            program.command(
                "disk",
                "create",
                "disk",
                "--image",
                image,
                "--format",
                "raw",
                "--digest",
                "sha512:" + "0".repeat(128)));
    Path bases = program.defaultPool().resolve("bases");
    Await.until("the fill starts", () -> Files.isDirectory(bases) && !isEmpty(bases));

    Tools.run("kill", "-INT", running.pid());

    assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(running.exitValue()).isEqualTo(Reason.CANCELLED.exitCode());
    assertNothingIsLeft();
  }

  @Test
  void whenTheProgramIsKilledTheToolEndsToo() throws Exception {
    Process running = start(with(hang()).command(create()));
    Await.until("qemu-img starts", this::hangs);

    running.destroyForcibly();

    Await.until("qemu-img ends", () -> !hangs());
    assertThat(running.waitFor(60, TimeUnit.SECONDS)).isTrue();
  }

  /** Who runs the tests in the background may have had them ignore signals, which is inherited. */
  private Process start(ProcessBuilder builder) throws IOException {
    builder.command().addAll(0, List.of("env", "--default-signal=INT,TERM"));
    return builder
        .redirectOutput(home.resolve("output").toFile())
        .redirectError(home.resolve("error").toFile())
        .start();
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.findAny().isEmpty();
    }
  }

  @Test
  void growingWithoutTheToolIsToldAndChangesNothing() throws Exception {
    program.succeed("disk", "create", "grown", "--blank", "--size", "1M");
    with("echo boom >&2; exit 1");

    assertThat(program.fail(Reason.IO_ERROR, "disk", "resize", "grown", "2M")).contains("boom");
    assertThat(program.succeed("disk", "show", "grown", "--output", "json"))
        .contains("\"size\":1048576");
    assertThat(List.of(PoolScan.leftOvers(program.defaultPool()))).containsExactly(List.of());
  }
}
