package io.diskwright.it.support;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs of the host that tests need; one that is missing fails the test. */
public final class Tools {
  private static final int PATIENCE = 180;

  private Tools() {}

  /**
   * What a program has done.
   *
   * @param status its exit status
   * @param output what it wrote to standard output
   * @param error what it wrote to standard error
   */
  public record Result(int status, String output, String error) {}

  /** Returns where a program is. */
  public static Path require(String program) {
    String path = System.getenv().getOrDefault("PATH", "") + ":/usr/sbin:/sbin";
    return Arrays.stream(path.split(File.pathSeparator, -1))
        .filter(folder -> !folder.isEmpty())
        .map(folder -> Path.of(folder, program))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new AssertionError(program + " is missing: run it-tests/run, which installs it"));
  }

  /** Runs a program, whatever its exit status will be. */
  public static Result run(ProcessBuilder builder) throws Exception {
    return run(builder, PATIENCE);
  }

  /** Runs a program that may take so many seconds, whatever its exit status will be. */
  public static Result run(ProcessBuilder builder, int patience) throws Exception {
    Path output = Files.createTempFile("stdout", "");
    Path error = Files.createTempFile("stderr", "");
    try {
      Process process =
          builder.redirectOutput(output.toFile()).redirectError(error.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(patience, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new AssertionError("%s did not end".formatted(builder.command()));
      }
      return new Result(process.exitValue(), text(output), text(error));
    } finally {
      Files.delete(output);
      Files.delete(error);
    }
  }

  private static String text(Path file) throws IOException {
    return new String(Files.readAllBytes(file), UTF_8);
  }

  /** Runs a program that must succeed, and returns what it printed. */
  public static String run(String program, Object... arguments) throws Exception {
    List<String> command = new ArrayList<>(List.of(require(program).toString()));
    for (Object argument : arguments) {
      command.add(argument.toString());
    }
    Result result = run(new ProcessBuilder(command));
    if (result.status() != 0) {
      throw new AssertionError("%s: %d: %s".formatted(command, result.status(), result));
    }
    return result.output();
  }

  /** Writes a pattern into a disk as a guest would. */
  public static void guestWrites(Path disk, String format, int pattern, long offset, long length)
      throws Exception {
    run(
        "qemu-io",
        "-f",
        format,
        "-c",
        "write -P %d %d %d".formatted(pattern, offset, length),
        disk);
  }

  /** Checks what a range of a disk reads as, by QEMU. */
  public static void guestReads(Path disk, String format, int pattern, long offset, long length)
      throws Exception {
    String command = "read -P %d %d %d".formatted(pattern, offset, length);
    String output = run("qemu-io", "-r", "-f", format, "-c", command, disk);
    if (output.contains("Pattern verification failed")) {
      throw new AssertionError("%s of %s: %s".formatted(command, disk, output));
    }
  }

  /** Checks that two images read the same, by QEMU; one may be longer if that is all zeros. */
  public static void assertSame(Path one, String format, Path other, String otherFormat)
      throws Exception {
    run("qemu-img", "compare", "-f", format, "-F", otherFormat, one, other);
  }
}
