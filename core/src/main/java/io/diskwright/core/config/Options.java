package io.diskwright.core.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The {@code -o key=value} overrides; one thread. */
final class Options {
  private record Option(String table, String name, String key, Written value) {}

  private final Path workingFolder;
  private final Problems problems;
  private final List<Option> options = new ArrayList<>();
  private Optional<Written> defaultPool = Optional.empty();

  private Options(Path workingFolder, Problems problems) {
    this.workingFolder = workingFolder;
    this.problems = problems;
  }

  static Options parse(List<String> texts, Path workingFolder, Problems problems) {
    Options options = new Options(workingFolder, problems);
    for (int i = 0; i < texts.size(); i++) {
      options.parse(texts.get(i), i);
    }
    return options;
  }

  /** Makes the pools and sources that only an option names known to the draft, without values. */
  void begin(Draft draft) {
    options.forEach(each -> draft.section(each.table(), each.name(), each.value().origin()));
  }

  void apply(Draft draft) {
    defaultPool.ifPresent(draft::defaultPool);
    options.forEach(
        each ->
            draft
                .section(each.table(), each.name(), each.value().origin())
                .put(each.key(), each.value()));
  }

  /** Returns what the last option says about a key. */
  Optional<Written> find(String table, String name, String key) {
    return options.stream()
        .filter(each -> each.table().equals(table))
        .filter(each -> each.name().equals(name) && each.key().equals(key))
        .map(Option::value)
        .reduce((earlier, later) -> later);
  }

  private void parse(String text, int position) {
    Origin origin = new Origin(Origin.Layer.OPTION, position, "-o", workingFolder);
    int equals = text.indexOf('=');
    if (equals < 0) {
      problems.add(origin, "override (%s) must be key=value".formatted(Printable.of(text)));
      return;
    }
    String path = text.substring(0, equals);
    Written value = new Written(text.substring(equals + 1), origin);
    if (path.equals(Draft.DEFAULT_POOL)) {
      defaultPool = Optional.of(value);
    } else {
      parse(path, value);
    }
  }

  /** A pool's name may have dots, a key has none. */
  private void parse(String path, Written value) {
    int first = path.indexOf('.');
    int last = path.lastIndexOf('.');
    String table = first < 0 ? path : path.substring(0, first);
    if (first == last || !(table.equals(Draft.POOLS) || table.equals(Draft.SOURCES))) {
      problems.add(
          value.origin(),
          "key (%s) must be default-pool, pools.NAME.KEY or sources.ID.KEY"
              .formatted(Printable.of(path)));
      return;
    }
    options.add(
        new Option(table, path.substring(first + 1, last), path.substring(last + 1), value));
  }
}
