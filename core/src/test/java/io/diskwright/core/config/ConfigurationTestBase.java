package io.diskwright.core.config;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;

/** A process and a system of a test's own. */
abstract class ConfigurationTestBase {
  static final String GOOD =
      """
      default-pool: local
      pools:
        local: {backend: qcow2, path: /var/lib/diskwright/local}
        fast:
          backend: rbd
          pool: vms
      """;

  @TempDir Path folder;
  final Map<String, String> variables = new TreeMap<>();

  Path file() {
    return folder.resolve("diskwright.yaml");
  }

  /** Returns a loader that finds no file by itself. */
  ConfigurationLoader loader() {
    ProcessEnvironment environment =
        new ProcessEnvironment(variables, folder.resolve("home"), folder.resolve("cwd"));
    return ConfigurationLoader.of(StubProviders.all(), environment)
        .withSystemFile(folder.resolve("etc/diskwright.yaml"));
  }

  /** Returns a loader that reads this text from a file. */
  ConfigurationLoader loader(String yaml) {
    return loader().withFile(write(file(), yaml));
  }

  /** Returns the problems of a text, each without the file's name where it has a line. */
  List<String> problems(String yaml) {
    return shown(loader(yaml));
  }

  List<String> shown(ConfigurationLoader loader) {
    return loader.check().stream()
        .map(
            problem -> problem.toString().replaceFirst(Pattern.quote(file() + ":") + "(?=\\d)", ""))
        .toList();
  }

  static Path write(Path file, String text) {
    try {
      Files.createDirectories(file.getParent());
      return Files.writeString(file, text);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
