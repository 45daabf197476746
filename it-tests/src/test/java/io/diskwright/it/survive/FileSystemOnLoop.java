package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A file system on a loop device, for the tests of one class. */
final class FileSystemOnLoop implements BeforeAllCallback, AfterAllCallback {
  private final String name;
  private Path folder;

  /** Takes the name of one of the environments of {@code it-tests/env}. */
  FileSystemOnLoop(String name) {
    this.name = name;
  }

  Path mount() {
    return folder.resolve("mnt");
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    folder = Files.createTempDirectory("diskwright-" + name);
    env("up");
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    env("down");
    Files.deleteIfExists(folder);
  }

  private void env(String action) throws IOException {
    String unused = Program.run(Path.of("env").toAbsolutePath(), name, action, folder);
  }
}
