package io.diskwright.it.contract;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A file system on a loop device, for the tests of one class and of the classes nested in it. */
final class LoopFileSystem implements BeforeAllCallback, AfterAllCallback {
  private final String name;
  private Path folder;
  private int users;

  /** Takes the name of one of the environments of {@code it-tests/env}. */
  LoopFileSystem(String name) {
    this.name = name;
  }

  Path mount() {
    return folder.resolve("mnt");
  }

  @Override
  public void beforeAll(ExtensionContext context) throws IOException {
    if (users++ == 0) {
      folder = Files.createTempDirectory("diskwright-" + name);
      env("up");
    }
  }

  @Override
  public void afterAll(ExtensionContext context) throws IOException {
    if (--users == 0) {
      env("down");
      Files.deleteIfExists(folder);
    }
  }

  private void env(String action) throws IOException {
    String printed = Tools.run(Path.of("env").toAbsolutePath().toString(), name, action, folder);
    if (action.equals("up") && !Files.isDirectory(mount())) {
      throw new IOException("it-tests/env %s up made no %s: %s".formatted(name, mount(), printed));
    }
  }
}
