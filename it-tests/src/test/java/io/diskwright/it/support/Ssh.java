package io.diskwright.it.support;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** An SSH server, as {@code it-tests/env} makes it: this host is there by the name of another. */
public final class Ssh implements AutoCloseable {
  /** The name by which the client reaches it. */
  public static final String HOST = "other";

  private static final Path ENV = Path.of("env").toAbsolutePath();

  private final Path folder;

  private Ssh(Path folder) {
    this.folder = folder;
  }

  /** Starts one. */
  public static Ssh up() throws Exception {
    Ssh ssh = new Ssh(Files.createTempDirectory("diskwright-ssh"));
    ssh.env("up");
    return ssh;
  }

  private void env(String action) throws IOException {
    try {
      Tools.Result result =
          Tools.run(new ProcessBuilder(List.of(ENV.toString(), "ssh", action, folder.toString())));
      if (result.status() != 0) {
        throw new AssertionError("it-tests/env ssh %s: %s".formatted(action, result));
      }
    } catch (IOException e) {
      throw e;
    } catch (Exception e) {
      throw new IOException(e);
    }
  }

  /** Returns the client's configuration. */
  public Path config() {
    return folder.resolve("conf/ssh_config");
  }

  @Override
  public void close() throws IOException {
    env("down");
    Files.deleteIfExists(folder);
  }
}
