package io.diskwright.it.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A file system on a loop device, as {@code it-tests/env} makes it; takes root. */
public final class LoopFs implements AutoCloseable {
  private static final Path ENV = Path.of("env").toAbsolutePath();

  private final String name;
  private final Path folder;

  private LoopFs(String name, Path folder) {
    this.name = name;
    this.folder = folder;
  }

  /**
   * Makes and mounts one.
   *
   * @param name {@code xfs}, {@code ext4} or {@code btrfs}
   * @param size its size, such as {@code 300M}
   */
  public static LoopFs up(String name, String size) throws Exception {
    LoopFs fs = new LoopFs(name, Files.createTempDirectory("diskwright-" + name));
    fs.env("up", size);
    return fs;
  }

  private void env(String action, String size) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(List.of(ENV.toString(), name, action, folder.toString()));
    builder.environment().put(name.toUpperCase(java.util.Locale.ROOT) + "_SIZE", size);
    Tools.Result result = Tools.run(builder);
    if (result.status() != 0) {
      throw new AssertionError("it-tests/env %s %s: %s".formatted(name, action, result));
    }
  }

  /** Returns where it is mounted. */
  public Path mount() {
    return folder.resolve("mnt");
  }

  /** Returns the configuration with a raw and a qcow2 pool there. */
  public Path yaml() {
    return folder.resolve("diskwright.yaml");
  }

  /** Mounts it again, with other options such as {@code ro}. */
  public void remount(String options) throws Exception {
    Tools.run("mount", "-o", "remount," + options, mount());
  }

  /** Returns how many bytes are free. */
  public long free() throws IOException {
    return Files.getFileStore(mount()).getUsableSpace();
  }

  @Override
  public void close() throws IOException {
    try {
      env("down", "1M");
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
    Files.deleteIfExists(folder);
  }
}
