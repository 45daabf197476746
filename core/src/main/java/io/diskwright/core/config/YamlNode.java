package io.diskwright.core.config;

import java.util.List;

/** A part of a YAML file, with the line on which it begins. */
sealed interface YamlNode {
  int line();

  /** A scalar as text; {@code absent} when nothing at all is written. */
  record Scalar(int line, String text, boolean absent) implements YamlNode {}

  record Mapping(int line, List<Entry> entries) implements YamlNode {}

  record Sequence(int line) implements YamlNode {}

  /** Something that cannot be used, which has been reported. */
  record Broken(int line) implements YamlNode {}

  record Entry(YamlNode key, YamlNode value) {}
}
