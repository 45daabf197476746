package io.diskwright.core.config;

import java.nio.file.Path;
import java.util.Objects;

/**
 * A configuration file: where it is, and how problems name it.
 *
 * @param shown the path as it was given
 * @param path the absolute path
 */
record ConfigFile(String shown, Path path) {
  static ConfigFile of(Path given, Path workingFolder) {
    return new ConfigFile(given.toString(), workingFolder.resolve(given).toAbsolutePath());
  }

  /** Returns the file as a whole as an origin. */
  Origin origin() {
    return new Origin(Origin.Layer.FILE, 0, shown, folder());
  }

  Origin origin(int line) {
    return new Origin(Origin.Layer.FILE, line, shown + ':' + line, folder());
  }

  private Path folder() {
    return Objects.requireNonNullElse(path.getParent(), path);
  }
}
