package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Programs that are run to their end; a missing one fails the test. */
final class Program {
  private static final long PATIENCE_SECONDS = 120;

  private Program() {}

  /**
   * How a program ended.
   *
   * @param status its exit status, 128 and more when a signal ended it
   * @param printed what it printed
   */
  record End(int status, String printed) {}

  /** Runs a program that must succeed; returns what it printed. */
  static String run(Object... command) throws IOException {
    List<String> words = Arrays.stream(command).map(Object::toString).toList();
    End end = end(new ProcessBuilder(words));
    if (end.status() != 0) {
      throw new IOException("%s ended with %d: %s".formatted(words, end.status(), end.printed()));
    }
    return end.printed();
  }

  /** Runs a program to its end, whatever that is. */
  static End end(ProcessBuilder program) throws IOException {
    Path output = Files.createTempFile("program", ".out");
    try {
      Process process = program.redirectErrorStream(true).redirectOutput(output.toFile()).start();
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        throw new IOException(program.command() + " does not end: " + Files.readString(output));
      }
      byte[] printed = Files.readAllBytes(output);
      return new End(process.exitValue(), new String(printed, StandardCharsets.UTF_8));
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    } finally {
      Files.delete(output);
    }
  }

  /** Returns where a program is. */
  static Path find(String name) {
    return Arrays.stream("/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin".split(":"))
        .map(folder -> Path.of(folder, name))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(() -> new AssertionError(name + " is not installed"));
  }

  /** Returns the command that runs a class of these tests in a JVM of its own. */
  static ProcessBuilder java(Class<?> main, Object... arguments) {
    List<String> command = new ArrayList<>(List.of(java().toString()));
    command.addAll(List.of("-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-Xmx128m", "-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command);
  }

  static Path java() {
    return Path.of(System.getProperty("java.home"), "bin", "java");
  }
}
