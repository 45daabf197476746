package io.diskwright.it.survive;

import io.diskwright.it.support.Await;
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

  /** Changes how it is mounted, such as {@code ro}; nobody may have a file open for writing. */
  void remount(String options) throws IOException {
    run("mount", "-o", "remount," + options, mount());
  }

  /**
   * Starts what cuts it off as if the power failed: what was not synced is lost, all calls fail.
   */
  Process startCutOff() throws IOException {
    return new ProcessBuilder(
            Program.find("xfs_io").toString(), "-x", "-c", "shutdown", mount().toString())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  /**
   * Mounts it anew; nobody may have a file open. What is just making a namespace of mounts holds it
   * for a moment, and who mounted it then would get it as it was cut off.
   */
  void mountAgain() throws Exception {
    Path image = folder.resolve(name + ".img");
    run("umount", mount());
    Await.until("nobody holds " + image, () -> Program.run("losetup", "-j", image).isBlank());
    run("mount", "-o", "loop", image, mount());
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
    run(Path.of("env").toAbsolutePath(), name, action, folder);
  }

  private static void run(Object... command) throws IOException {
    String unused = Program.run(command);
  }
}
