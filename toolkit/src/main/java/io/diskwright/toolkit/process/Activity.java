package io.diskwright.toolkit.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;

/** Tells whether a child, or any process below it, does anything: prints, reads or writes. */
final class Activity {
  private static final Path PROC = Path.of("/proc");

  /** Kernels may be built without; to look through all processes takes far longer. */
  private static final boolean CHILDREN_ARE_TOLD =
      Files.exists(PROC.resolve("thread-self").resolve("children"));

  private static final int STATE = 0; // of the fields that follow the name
  private static final int USER_TIME = 11;
  private static final int SYSTEM_TIME = 12;

  private final long pid;
  private final Output standardOutput;
  private final Output standardError;
  private String last = "";

  Activity(long pid, Output standardOutput, Output standardError) {
    this.pid = pid;
    this.standardOutput = standardOutput;
    this.standardError = standardError;
  }

  /** Returns whether anything has happened since this was last asked. */
  boolean moved() {
    StringBuilder now = new StringBuilder();
    now.append(standardOutput.heard()).append(' ').append(standardError.heard());
    boolean atStorage = false;
    for (Path process : processes()) {
      String[] stat = stat(process);
      now.append(' ').append(process.getFileName()).append(counters(process, stat));
      atStorage |= stat[STATE].equals("D");
    }
    boolean moved = !now.toString().equals(last) || atStorage;
    last = now.toString();
    return moved;
  }

  /** The work is done by those below when the child has only made the cage that they are in. */
  private List<Path> processes() {
    if (!CHILDREN_ARE_TOLD) {
      List<Path> found = new ArrayList<>(List.of(PROC.resolve(Long.toString(pid))));
      ProcessHandle.of(pid).stream()
          .flatMap(ProcessHandle::descendants)
          .forEach(below -> found.add(PROC.resolve(Long.toString(below.pid()))));
      return found;
    }
    List<Path> found = new ArrayList<>();
    Deque<String> waiting = new ArrayDeque<>(List.of(Long.toString(pid)));
    while (!waiting.isEmpty()) {
      Path process = PROC.resolve(waiting.remove());
      found.add(process);
      waiting.addAll(children(process));
    }
    return found;
  }

  private static List<String> children(Path process) {
    List<String> children = new ArrayList<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(process.resolve("task"))) {
      for (Path thread : threads) {
        String text = read(thread.resolve("children")).strip();
        if (!text.isEmpty()) {
          children.addAll(List.of(text.split(" ", -1)));
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      return children; // it has ended
    }
    return children;
  }

  /**
   * Returns the fields of a process's state that follow its name. One that waits for the storage,
   * as in a long sync, is at work though nothing is counted.
   */
  private static String[] stat(Path process) {
    try {
      String text = read(process.resolve("stat"));
      String[] fields = text.substring(text.lastIndexOf(')') + 2).split(" ", -1);
      return fields.length > SYSTEM_TIME ? fields : gone();
    } catch (IOException e) {
      return gone();
    }
  }

  private static String[] gone() {
    String[] fields = new String[SYSTEM_TIME + 1];
    Arrays.fill(fields, "");
    return fields;
  }

  /** Returns what it has read and written, or where that is kept from us what time it has taken. */
  private static String counters(Path process, String[] stat) {
    try {
      return read(process.resolve("io"));
    } catch (IOException e) {
      return stat[USER_TIME] + '+' + stat[SYSTEM_TIME];
    }
  }

  private static String read(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.ISO_8859_1);
  }
}
