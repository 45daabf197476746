package io.diskwright.cli;

import io.diskwright.spi.call.Cancellation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the program in this JVM, on a pool {@code local} of backend raw and a pool {@code other}.
 */
final class Cli {
  static final int IMAGE_SIZE = 1024 * 1024;

  private final Path folder;
  private final Path config;

  /** What a run came to. */
  record Result(int exitCode, String out, String err) {
    Map<String, Object> json() {
      return Json.object(out);
    }

    Map<String, Object> error() {
      return Json.object(err);
    }
  }

  Cli(Path folder) throws IOException {
    this.folder = folder;
    this.config =
        write(
            "diskwright.yaml",
            """
            default-pool: local
            pools:
              local: {backend: raw, path: pool}
              other: {backend: raw, path: other}
            """);
  }

  Path folder() {
    return folder;
  }

  Path write(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  /** Makes a raw image with a boot record, so that it is known for what it is. */
  String image(String name, int size) throws IOException {
    byte[] bytes = new byte[size];
    bytes[0] = 'd';
    bytes[510] = 0x55;
    bytes[511] = (byte) 0xaa;
    return Files.write(folder.resolve(name), bytes).toString();
  }

  String image() throws IOException {
    return image("image.raw", IMAGE_SIZE);
  }

  /** Runs a command with the configuration of this folder. */
  Result run(String... args) {
    return runBare(new Cancellation(), withConfig(args));
  }

  /** Runs a command that somebody has cancelled. */
  Result runCancelled(String... args) {
    Cancellation cancellation = new Cancellation();
    cancellation.cancel();
    return runBare(cancellation, withConfig(args));
  }

  private String[] withConfig(String... args) {
    List<String> all = new ArrayList<>(List.of("--config", config.toString()));
    all.addAll(List.of(args));
    return all.toArray(String[]::new);
  }

  static Result runBare(String... args) {
    return runBare(new Cancellation(), args);
  }

  private static Result runBare(Cancellation cancellation, String... args) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int exitCode = new Program(out, err, cancellation).run(args);
    return new Result(
        exitCode, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }
}
