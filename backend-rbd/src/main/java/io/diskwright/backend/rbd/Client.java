package io.diskwright.backend.rbd;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** Who this process is, for those who wait for it or sweep after it. */
final class Client {
  private static final String HOST = host();

  private Client() {}

  private static String host() {
    try {
      return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
    } catch (IOException e) {
      return "a host without a name";
    }
  }

  /** Returns process and host, as words for a person. */
  static String name() {
    return "process %d on %s".formatted(ProcessHandle.current().pid(), HOST);
  }

  /** Returns the same as names and values. */
  static Map<String, String> describe() {
    return Map.of("host", HOST, "process", Long.toString(ProcessHandle.current().pid()));
  }
}
