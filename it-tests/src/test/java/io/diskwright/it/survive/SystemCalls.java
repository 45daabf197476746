package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The system calls by which a program uses files, and how strace kills it at one of them, before
 * the kernel carries it out, or has the call fail instead.
 *
 * <p>strace counts each system call by itself, and for each thread by itself: the third of {@code
 * fsync,unlink} means the third fsync or the third unlink of a thread, so that some calls would
 * never be reached. So one call is injected at a time; and signals without {@code --seccomp-bpf},
 * with which strace 6.1 loses most of them.
 */
final class SystemCalls {
  /** Those of which every one is worth a kill, until a run has no more of them. */
  private static final List<String> MUTATING =
      List.of(
          ("pwrite64,pwritev,pwritev2,ftruncate,truncate,fallocate,copy_file_range,fsync,fdatasync,"
                  + "sync_file_range,fchmod,fchmodat,chmod,fchown,chown,lchown,fchownat,utimensat,"
                  + "setxattr,fsetxattr,removexattr,fremovexattr,rename,renameat,renameat2,link,"
                  + "linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir")
              .split(","));

  /** Those that are mostly something else, or too many: only where they touch the pool. */
  private static final List<String> SOMETIMES =
      List.of("openat", "fcntl", "ioctl", "write", "writev", "sendfile", "splice");

  private static final Pattern LINE = Pattern.compile("(\\d+) +([a-z0-9_]+)\\((.*)");
  private static final String STRACE = Program.find("strace").toString();

  /** All but that it has attached. */
  private static final String QUIET = "--quiet=exit,path-resolution,personality,thread-execve";

  private SystemCalls() {}

  /** Returns what to put before a program to have its calls written to a log. */
  static List<String> tracing(Path log) {
    List<String> all = new ArrayList<>(MUTATING);
    all.addAll(SOMETIMES);
    return List.of(
        STRACE,
        "-f",
        QUIET,
        "-y",
        "-s",
        "4096",
        "-o",
        log.toString(),
        "-e",
        "trace=?" + String.join(",?", all)); // not every machine has every one
  }

  /** Returns what to put before a program to have it killed at the n-th of one call. */
  static List<String> killing(String call, int n) {
    return List.of(
        STRACE,
        "-f",
        QUIET,
        "-o",
        "/dev/null",
        "-e",
        "trace=" + call,
        "-e",
        "inject=%s:signal=KILL:when=%d".formatted(call, n));
  }

  /** Returns what to put before a program to have the n-th of one call fail, as a log then says. */
  static List<String> failing(String call, int n, String error, Path log) {
    return List.of(
        STRACE,
        "-f",
        QUIET,
        "-y",
        "-o",
        log.toString(),
        "-e",
        "trace=" + call,
        "-e",
        "inject=%s:error=%s:when=%d".formatted(call, error, n));
  }

  /** Returns whether a log says that a call on a folder's files was made to fail. */
  static boolean hasFailed(Path folder, Path log) throws IOException {
    Map<String, String> begun = new HashMap<>();
    boolean failed = false;
    for (String line : Files.readAllLines(log)) {
      String thread = line.substring(0, line.indexOf(' '));
      String whole = line.contains(" resumed>") ? begun.getOrDefault(thread, "") + line : line;
      begun.put(thread, line);
      failed |= line.contains("(INJECTED)") && whole.contains(folder.toString());
    }
    return failed;
  }

  /** Returns whether a program is killed at its later calls too, until it has no more of them. */
  static boolean isKilledUntilItSurvives(String call) {
    return MUTATING.contains(call);
  }

  /** Returns for each call at which of them, counted from 1, it changed a folder's files. */
  static SortedMap<String, SortedSet<Integer>> changing(Path folder, Path log) throws IOException {
    return touching(folder, log, (call, arguments) -> changes(call, arguments, folder));
  }

  /** Returns for each call at which of them, counted from 1, it touched a folder's files. */
  static SortedMap<String, SortedSet<Integer>> touching(Path folder, Path log) throws IOException {
    return touching(folder, log, (call, arguments) -> isOn(folder, call, arguments));
  }

  /**
   * Of many like calls in a row on the same file, which differ only in how far they are, just the
   * first two and the last.
   */
  private static SortedMap<String, SortedSet<Integer>> touching(
      Path folder, Path log, BiPredicate<String, String> isMeant) throws IOException {
    SortedMap<String, SortedSet<Integer>> touching = new TreeMap<>();
    Map<String, Integer> counts = new HashMap<>();
    Map<String, CallsInRow> rows = new HashMap<>();
    for (String line : Files.readAllLines(log)) {
      Matcher call = LINE.matcher(line);
      if (call.matches()) {
        String name = call.group(2);
        String ofThread = call.group(1) + ' ' + name;
        int n = counts.merge(ofThread, 1, Integer::sum);
        String arguments = call.group(3);
        if (arguments.contains(folder.toString()) && isMeant.test(name, arguments)) {
          rows.computeIfAbsent(ofThread, unused -> new CallsInRow())
              .add(n, arguments.replaceFirst("[>,].*", ""));
        }
      }
    }
    rows.forEach(
        (ofThread, row) ->
            touching
                .computeIfAbsent(
                    ofThread.substring(ofThread.indexOf(' ') + 1), unused -> new TreeSet<>())
                .addAll(row.numbers));
    return touching;
  }

  /** The numbers of one call of one thread; of a row on one file the first ones and the last. */
  private static final class CallsInRow {
    /** Two first ones, and one that is the last as far as is known. */
    private static final int MOST_IN_ROW = 3;

    final SortedSet<Integer> numbers = new TreeSet<>();
    private String file = "";
    private int inRow;

    void add(int n, String ofFile) {
      inRow = ofFile.equals(file) ? inRow + 1 : 1;
      file = ofFile;
      if (inRow > MOST_IN_ROW) {
        numbers.remove(numbers.last());
      }
      numbers.add(n);
    }
  }

  private static boolean changes(String call, String arguments, Path folder) {
    return switch (call) {
      case "openat" -> arguments.contains("O_CREAT");
      case "fcntl" -> arguments.contains("F_OFD_SETLK") && arguments.contains("F_WRLCK");
      case "ioctl" -> arguments.contains("FICLONE");
      default -> isOn(folder, call, arguments);
    };
  }

  /** What is written may name a folder too. */
  private static boolean isOn(Path folder, String call, String arguments) {
    return switch (call) {
      case "write", "writev", "sendfile" ->
          arguments.substring(0, arguments.indexOf(',')).contains(folder.toString());
      default -> true;
    };
  }
}
