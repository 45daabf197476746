package io.diskwright.core.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects problems, and sorts them by where they are; one thread. */
final class Problems {
  private record Placed(Origin origin, String message) {}

  private final List<Placed> placed = new ArrayList<>();

  void add(Origin where, String message) {
    placed.add(new Placed(where, message));
  }

  int count() {
    return placed.size();
  }

  List<ConfigProblem> sorted() {
    return placed.stream()
        .sorted(Comparator.comparing(Placed::origin))
        .map(each -> new ConfigProblem(each.origin().text(), each.message()))
        .toList();
  }
}
