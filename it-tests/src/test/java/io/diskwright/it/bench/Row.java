package io.diskwright.it.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Ours beside the same work done by something else, run in turn.
 *
 * @param name what is measured
 * @param reference what it is measured against
 * @param ours our times in nanoseconds, sorted
 * @param theirs the reference's times in nanoseconds, sorted
 * @param target what the ratio should be
 */
record Row(String name, String reference, List<Long> ours, List<Long> theirs, String target) {

  /** Something that is timed; prepares itself before it is run. */
  interface Timed {
    /**
     * Removes what earlier rounds have left. Done for both sides before each is run: who runs while
     * the other's files fill the page cache is slower.
     */
    default void clear() throws Exception {}

    default void prepare(int round) throws Exception {}

    void run(int round) throws Exception;

    /** Returns how many nanoseconds of the run just ended do not count. */
    default long notCounted() throws Exception {
      return 0;
    }
  }

  static Row measure(
      String name, String reference, String target, int rounds, Timed ours, Timed theirs)
      throws Exception {
    return measure(name, reference, target, rounds, 1, ours, theirs);
  }

  /** As above, with several of ours for each of theirs. */
  static Row measure(
      String name, String reference, String target, int rounds, int burst, Timed ours, Timed theirs)
      throws Exception {
    int warmUp = Math.max(1, rounds / 5);
    List<Long> ourTimes = new ArrayList<>();
    List<Long> theirTimes = new ArrayList<>();
    for (int round = 0; round < warmUp + rounds; round++) {
      if (round == warmUp) {
        ourTimes.clear();
        theirTimes.clear();
      }
      for (int i = 0; i < burst; i++) {
        theirs.clear();
        ourTimes.add(time(ours, round * burst + i));
      }
      ours.clear();
      theirTimes.add(time(theirs, round));
    }
    return new Row(
        name,
        reference,
        ourTimes.stream().sorted().toList(),
        theirTimes.stream().sorted().toList(),
        target);
  }

  private static long time(Timed timed, int round) throws Exception {
    timed.clear();
    timed.prepare(round);
    long start = System.nanoTime();
    timed.run(round);
    return System.nanoTime() - start - timed.notCounted();
  }

  private static double median(List<Long> sorted) {
    return sorted.get(sorted.size() / 2) / 1e6;
  }

  /** Returns our median divided by the reference's. */
  double ratio() {
    return median(ours) / median(theirs);
  }

  static String header() {
    return "%-44s %10s %10s %10s  %-46s %10s %8s  %s"
        .formatted("what", "min ms", "median", "max", "beside", "median ms", "ratio", "target");
  }

  String text() {
    return String.format(
        Locale.ROOT,
        "%-44s %10.3f %10.3f %10.3f  %-46s %10.3f %8.3f  %s",
        name,
        ours.get(0) / 1e6,
        median(ours),
        ours.get(ours.size() - 1) / 1e6,
        reference,
        median(theirs),
        ratio(),
        target);
  }

  String json() {
    return String.format(
        Locale.ROOT,
        "{\"name\":\"%s\",\"medianMs\":%.4f,\"minMs\":%.4f,\"maxMs\":%.4f,\"reference\":\"%s\","
            + "\"referenceMedianMs\":%.4f,\"ratio\":%.4f,\"target\":\"%s\",\"rounds\":%d}",
        name,
        median(ours),
        ours.get(0) / 1e6,
        ours.get(ours.size() - 1) / 1e6,
        reference,
        median(theirs),
        ratio(),
        target,
        ours.size());
  }
}
