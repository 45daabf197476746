package io.diskwright.it.contract;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Runs programs that the tests compare with; a missing one fails the test. */
final class Tools {
  private Tools() {}

  /** Runs a program; returns what it printed, and fails when it does. */
  static String run(Object... command) throws IOException {
    List<String> words = Arrays.stream(command).map(Object::toString).toList();
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = process.onExit().join().exitValue();
    if (status != 0) {
      throw new IOException("%s ended with status %d: %s".formatted(words, status, printed));
    }
    return printed;
  }
}
