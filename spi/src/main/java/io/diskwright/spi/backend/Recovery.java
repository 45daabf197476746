package io.diskwright.spi.backend;

import java.util.List;
import java.util.stream.Stream;

/**
 * What was left behind by calls that were killed, and what became of it.
 *
 * @param swept what was removed, as words for a person
 * @param restored what was put back, such as a base whose eviction was not finished
 * @param kept what was left alone, with the reason: it has a live writer, or is damaged
 */
public record Recovery(List<String> swept, List<String> restored, List<String> kept) {
  /** Copies the lists. */
  public Recovery {
    swept = List.copyOf(swept);
    restored = List.copyOf(restored);
    kept = List.copyOf(kept);
  }

  /** Returns what this and another say. */
  public Recovery and(Recovery other) {
    return new Recovery(
        both(swept, other.swept), both(restored, other.restored), both(kept, other.kept));
  }

  private static List<String> both(List<String> left, List<String> right) {
    return Stream.concat(left.stream(), right.stream()).toList();
  }
}
