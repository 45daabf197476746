package io.diskwright.toolkit.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells whether a child does anything: prints, reads or writes. */
final class Activity {
  private final Path io;
  private final Path stat;
  private final Output standardOutput;
  private final Output standardError;
  private String last = "";

  Activity(long pid, Output standardOutput, Output standardError) {
    this.io = Path.of("/proc", Long.toString(pid), "io");
    this.stat = Path.of("/proc", Long.toString(pid), "stat");
    this.standardOutput = standardOutput;
    this.standardError = standardError;
  }

  /** Returns whether anything has happened since this was last asked. */
  boolean moved() {
    String now = standardOutput.heard() + " " + standardError.heard() + " " + counters();
    boolean moved = !now.equals(last) || isAtStorage();
    last = now;
    return moved;
  }

  /**
   * A child that waits for the storage, as in a long sync, is at work though nothing is counted.
   */
  private boolean isAtStorage() {
    try {
      String text = Files.readString(stat);
      return text.startsWith(" D", text.lastIndexOf(')') + 1);
    } catch (IOException e) {
      return false; // the child has ended
    }
  }

  private String counters() {
    try {
      return Files.readString(io);
    } catch (IOException e) {
      return "gone"; // the child has ended, or this host hides its counters
    }
  }
}
