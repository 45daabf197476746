package io.diskwright.it.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** How busy the cores were since a moment: in all, and with one process. */
final class Busy {
  /** Linux counts in these, whatever its kernel was built for. */
  private static final long NANOS_PER_TICK = 10_000_000;

  private final String pid;
  private final long start = System.nanoTime();
  private final long allAtStart;
  private final long processAtStart;

  private Busy(String pid) throws IOException {
    this.pid = pid;
    this.allAtStart = all();
    this.processAtStart = process();
  }

  /** Starts now, for the process whose number is in a file. */
  static Busy since(Path pidFile) throws IOException {
    return new Busy(Files.readString(pidFile).strip());
  }

  /** Returns how many per cent of all cores have been busy. */
  long percentOfCores() throws IOException {
    return percent(all() - allAtStart) / Runtime.getRuntime().availableProcessors();
  }

  /** Returns how many per cent of one core the process has used. */
  long percentOfOneCore() throws IOException {
    return percent(process() - processAtStart);
  }

  private long percent(long ticks) {
    return 100 * ticks * NANOS_PER_TICK / (System.nanoTime() - start);
  }

  /** All but the fourth and fifth number of the first line: idle, and waiting for a device. */
  private static long all() throws IOException {
    List<String> numbers =
        List.of(Files.readAllLines(Path.of("/proc/stat")).get(0).trim().split(" +", -1));
    long sum = 0;
    for (int i = 1; i < numbers.size(); i++) {
      sum += i == 4 || i == 5 ? 0 : Long.parseLong(numbers.get(i));
    }
    return sum;
  }

  /** What is behind the name in brackets; the twelfth and thirteenth number are user and system. */
  private long process() throws IOException {
    String stat = Files.readString(Path.of("/proc", pid, "stat"));
    String[] numbers = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return Long.parseLong(numbers[11]) + Long.parseLong(numbers[12]);
  }
}
