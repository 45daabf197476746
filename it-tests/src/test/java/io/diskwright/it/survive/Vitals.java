package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process holds at some moment, when nothing is under way.
 *
 * @param files its open file descriptors
 * @param heap bytes of its heap that are in use after garbage collection
 * @param resident bytes of memory that it takes up in all
 */
record Vitals(long files, long heap, long resident) {
  /** Takes those of this process. */
  static Vitals now() throws IOException {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return new Vitals(files.count(), runtime.totalMemory() - runtime.freeMemory(), residentNow());
    }
  }

  private static long residentNow() throws IOException {
    return Files.readAllLines(Path.of("/proc/self/status")).stream()
        .filter(line -> line.startsWith("VmRSS:"))
        .mapToLong(line -> 1024 * Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }

  void append(Path file) throws IOException {
    Files.writeString(
        file,
        "%d %d %d%n".formatted(files, heap, resident),
        StandardOpenOption.CREATE,
        StandardOpenOption.APPEND);
  }

  static List<Vitals> read(Path file) throws IOException {
    return Files.readAllLines(file).stream().map(Vitals::parse).toList();
  }

  private static Vitals parse(String line) {
    String[] numbers = line.split(" ", -1);
    return new Vitals(
        Long.parseLong(numbers[0]), Long.parseLong(numbers[1]), Long.parseLong(numbers[2]));
  }
}
