package io.diskwright.core.config;

import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads the values of one section, and reports what is wrong with them; one thread. */
final class SectionReader {
  private static final String DEFAULT = "default";

  private final Section section;
  private final Secrets secrets;
  private final Problems problems;
  private final List<ConfigValue> values = new ArrayList<>();

  SectionReader(Section section, Secrets secrets, Problems problems) {
    this.section = section;
    this.secrets = secrets;
    this.problems = problems;
  }

  /** Returns every value that was read so far, as a person may see it. */
  List<ConfigValue> values() {
    return values;
  }

  /** Reports the keys that nobody declares. */
  void refuseUnknown(List<String> known) {
    section
        .values()
        .forEach(
            (key, written) -> {
              if (!known.contains(key)) {
                problems.add(
                    written.origin(),
                    "%s: unknown key '%s'%s"
                        .formatted(section.path(), Printable.of(key), Nearest.hint(key, known)));
              }
            });
  }

  /** Reads these keys; what is wrong is reported and left out. */
  Settings read(List<ConfigKey<?>> keys) {
    Settings.Builder settings = Settings.builder();
    for (ConfigKey<?> key : keys) {
      read(key, settings);
    }
    return settings.build();
  }

  /** Reads one key; empty when it has no value, or one that is reported. */
  <T> Optional<T> read(ConfigKey<T> key) {
    Optional<Written> written = section.find(key.name());
    if (written.isPresent()) {
      return written.flatMap(value -> readWritten(key, value));
    }
    if (key.isRequired() && !section.isSpoiled(key.name())) {
      problems.add(
          section.origin(),
          "%s: missing key '%s' (%s)".formatted(section.path(), key.name(), key.type()));
    }
    key.defaultValue().ifPresent(value -> values.add(defaultOf(key, value)));
    return Optional.empty();
  }

  private <T> void read(ConfigKey<T> key, Settings.Builder settings) {
    read(key).ifPresent(value -> settings.put(key, value));
  }

  private <T> Optional<T> readWritten(ConfigKey<T> key, Written written) {
    values.add(
        new ConfigValue(
            key.name(), written.text(), written.origin().text(), key.isSecret(), false));
    try {
      return Optional.of(key.isSecret() ? secret(key, written) : plain(key, written));
    } catch (IllegalArgumentException e) {
      problems.add(written.origin(), message(key, written, String.valueOf(e.getMessage())));
      return Optional.empty();
    }
  }

  private <T> T plain(ConfigKey<T> key, Written written) {
    T value = key.parse(written.text());
    if (value instanceof Path path) {
      return key.parse(resolve(path, written.origin()));
    }
    if (value instanceof Duration duration && duration.isZero()) {
      throw new IllegalArgumentException("must be more than nothing");
    }
    return value;
  }

  private static String resolve(Path path, Origin origin) {
    if (path.toString().isEmpty()) {
      throw new IllegalArgumentException("must not be empty");
    }
    return origin.folder().resolve(path).normalize().toString();
  }

  /** The parser's own message would show the secret. */
  private <T> T secret(ConfigKey<T> key, Written written) {
    String secret = secrets.resolve(written);
    try {
      return key.parse(secret);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("must refer to a secret of type: " + key.type());
    }
  }

  private String message(ConfigKey<?> key, Written written, String rule) {
    String path = section.path(key.name());
    if (key.isSecret()) {
      return path + ' ' + rule;
    }
    return rule.startsWith("must ")
        ? "%s (%s) %s".formatted(path, Printable.of(written.text()), rule)
        : "%s: %s".formatted(path, Printable.of(rule));
  }

  private static <T> ConfigValue defaultOf(ConfigKey<T> key, T value) {
    String text = key.isSecret() ? "******" : DefaultText.of(key, value);
    return new ConfigValue(key.name(), text, DEFAULT, key.isSecret(), true);
  }
}
