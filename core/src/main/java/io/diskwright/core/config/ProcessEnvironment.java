package io.diskwright.core.config;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What of a process a configuration depends on.
 *
 * @param variables its environment variables
 * @param home the user's home folder
 * @param workingFolder the folder against which paths on its command line are resolved
 */
public record ProcessEnvironment(Map<String, String> variables, Path home, Path workingFolder) {
  /** Copies the variables. */
  public ProcessEnvironment {
    variables = Map.copyOf(variables);
  }

  /** Returns those of this process; {@code $HOME} goes before what the system says of the user. */
  public static ProcessEnvironment current() {
    Map<String, String> variables = System.getenv();
    String home = variables.getOrDefault("HOME", "");
    return new ProcessEnvironment(
        variables,
        Path.of(home.isEmpty() ? System.getProperty("user.home") : home),
        Path.of("").toAbsolutePath());
  }

  /** Returns a variable that is set and not empty. */
  Optional<String> variable(String name) {
    return Optional.ofNullable(variables.get(name)).filter(value -> !value.isEmpty());
  }

  /** Returns a folder of the XDG base directories; a relative one is ignored, as they demand. */
  Path xdgFolder(String name, String underHome) {
    return variable(name)
        .filter(value -> value.startsWith("/"))
        .map(Path::of)
        .orElse(home.resolve(underHome));
  }
}
