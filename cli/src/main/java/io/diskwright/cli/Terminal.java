package io.diskwright.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells which of our streams somebody looks at. */
final class Terminal {
  private Terminal() {}

  static boolean isStdout() {
    return isTerminal(1);
  }

  static boolean isStderr() {
    return isTerminal(2);
  }

  private static boolean isTerminal(int descriptor) {
    try {
      Path stream = Path.of("/proc/self/fd", Integer.toString(descriptor));
      String target = Files.readSymbolicLink(stream).toString();
      return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty");
    } catch (IOException e) {
      return false;
    }
  }
}
