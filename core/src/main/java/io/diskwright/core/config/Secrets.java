package io.diskwright.core.config;

import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;

/** Resolves references to secrets. */
final class Secrets {
  private static final String FILE = "file:";
  private static final String VARIABLE = "env:";
  private static final int LARGEST = 64 * 1024;

  private final ProcessEnvironment environment;

  Secrets(ProcessEnvironment environment) {
    this.environment = environment;
  }

  /**
   * Returns the secret that a reference refers to, without the line end of its file.
   *
   * @throws IllegalArgumentException when it cannot; its message has the rule or the reference, and
   *     never a text that is not a reference, which may be the secret itself
   */
  String resolve(Written reference) {
    String text = reference.text();
    if (text.startsWith(FILE)) {
      return fromFile(text.substring(FILE.length()), reference.origin().folder());
    }
    if (text.startsWith(VARIABLE)) {
      return fromVariable(text.substring(VARIABLE.length()));
    }
    throw new IllegalArgumentException(
        "must be file:PATH or env:NAME, so that no secret is written here");
  }

  private static String fromFile(String name, Path folder) {
    String secret;
    try {
      secret = FileText.read(folder.resolve(name), LARGEST).replaceFirst("\\R\\z", "");
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("must be file:PATH or env:NAME", e);
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "must refer to a secret; of file:%s: %s".formatted(Printable.of(name), e.getMessage()),
          e);
    }
    if (secret.isEmpty()) {
      throw new IllegalArgumentException(
          "must refer to a secret; file:%s is empty".formatted(Printable.of(name)));
    }
    return secret;
  }

  private String fromVariable(String name) {
    return environment
        .variable(name)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "must refer to a secret; the environment variable %s is not set"
                        .formatted(Printable.of(name))));
  }
}
