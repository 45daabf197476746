package io.diskwright.core.config;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Takes a file's YAML apart into a draft; one thread. */
final class FileLayout {
  /** Hears of each key of a mapping that can be used. */
  private interface KeyReader {
    void read(YamlNode.Scalar key, YamlNode value);
  }

  private final ConfigFile file;
  private final Problems problems;
  private final Draft draft;

  private FileLayout(ConfigFile file, Problems problems) {
    this.file = file;
    this.problems = problems;
    this.draft = new Draft(file.origin());
  }

  static Draft read(ConfigFile file, YamlNode root, Problems problems) {
    FileLayout layout = new FileLayout(file, problems);
    layout.readRoot(root);
    return layout.draft;
  }

  private void readRoot(YamlNode root) {
    if (root instanceof YamlNode.Scalar scalar && scalar.absent()) {
      return;
    }
    boolean readable = readMapping("the configuration", root, this::readTop);
    if (!readable) {
      draft.markPoolsBroken();
    }
  }

  private void readTop(YamlNode.Scalar key, YamlNode value) {
    switch (key.text()) {
      case Draft.DEFAULT_POOL -> scalar(Draft.DEFAULT_POOL, value).ifPresent(draft::defaultPool);
      case Draft.POOLS -> readPools(value);
      case Draft.SOURCES -> readTable(Draft.SOURCES, value);
      default ->
          problem(
              key,
              "unknown key '%s'%s"
                  .formatted(Printable.of(key.text()), Nearest.hint(key.text(), Draft.keys())));
    }
  }

  private void readPools(YamlNode value) {
    if (!readTable(Draft.POOLS, value)) {
      draft.markPoolsBroken();
    }
  }

  private boolean readTable(String table, YamlNode value) {
    return readMapping(table, value, (name, keys) -> readSection(table, name, keys));
  }

  private void readSection(String table, YamlNode.Scalar name, YamlNode keys) {
    Section section = draft.section(table, name.text(), file.origin(name.line()));
    boolean readable =
        readMapping(section.path(), keys, (key, value) -> readValue(section, key, value));
    if (!readable) {
      section.markBroken();
    }
  }

  private void readValue(Section section, YamlNode.Scalar key, YamlNode value) {
    scalar(section.path(key.text()), value)
        .ifPresentOrElse(
            written -> section.put(key.text(), written), () -> section.spoil(key.text()));
  }

  private Optional<Written> scalar(String path, YamlNode value) {
    if (value instanceof YamlNode.Scalar scalar && !scalar.absent()) {
      return Optional.of(new Written(scalar.text(), file.origin(scalar.line())));
    }
    if (!(value instanceof YamlNode.Broken)) {
      problem(value, "%s must have one value, not %s".formatted(path, what(value)));
    }
    return Optional.empty();
  }

  /** Returns whether it is a mapping; what is not is reported. */
  private boolean readMapping(String path, YamlNode node, KeyReader reader) {
    if (node instanceof YamlNode.Mapping mapping) {
      Map<String, Integer> lines = new HashMap<>();
      mapping.entries().forEach(entry -> readEntry(path, entry, lines, reader));
      return true;
    }
    if (!(node instanceof YamlNode.Broken)) {
      problem(node, "%s must be keys with values, not %s".formatted(path, what(node)));
    }
    return false;
  }

  private void readEntry(
      String path, YamlNode.Entry entry, Map<String, Integer> lines, KeyReader reader) {
    if (!(entry.key() instanceof YamlNode.Scalar key)) {
      if (!(entry.key() instanceof YamlNode.Broken)) {
        problem(entry.key(), "%s: a key must be a word, not %s".formatted(path, what(entry.key())));
      }
      return;
    }
    Integer first = lines.putIfAbsent(key.text(), key.line());
    if (first == null) {
      reader.read(key, entry.value());
    } else {
      problem(
          key,
          "%s: key '%s' must be given once, and is on line %d already"
              .formatted(path, Printable.of(key.text()), first));
    }
  }

  private void problem(YamlNode node, String message) {
    problems.add(file.origin(node.line()), message);
  }

  private static String what(YamlNode node) {
    if (node instanceof YamlNode.Mapping) {
      return "a mapping";
    }
    if (node instanceof YamlNode.Sequence) {
      return "a list";
    }
    return node instanceof YamlNode.Scalar scalar && scalar.absent() ? "nothing" : "a single value";
  }
}
