package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * The program as it is shipped, started so that it makes few system calls of its own: its classes
 * come from an archive, and its native code is unpacked already.
 */
final class Cli {
  private static final Path DIST =
      Path.of(System.getProperty("diskwright.dist", "../cli/target/diskwright")).toAbsolutePath();
  private static final Map<String, String> NATIVE =
      Map.of("amd64", "linux-x86-64", "aarch64", "linux-aarch64");
  private static final String LIBRARY = "libjnidispatch.so";

  private final List<String> options;

  /** Prepares it; the folder is for archive and native code. */
  Cli(Path folder) throws IOException {
    unpack(folder);
    List<String> plain =
        List.of(
            "-XX:-UsePerfData",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-XX:-UseContainerSupport", // else it looks at its limits from time to time
            "-Xlog:disable",
            "-Djna.nounpack=true",
            "-Djna.boot.library.path=" + folder,
            "-Djna.platform.library.path=" + libraries());
    Path archive = folder.resolve("classes.jsa");
    List<String> training = new ArrayList<>(List.of(Program.java().toString()));
    training.addAll(plain);
    training.add("-XX:ArchiveClassesAtExit=" + archive);
    training.addAll(main());
    training.addAll(List.of("backend", "list"));
    Program.End end = Program.end(new ProcessBuilder(training));
    assertThat(end.status()).as(end.printed()).isZero();
    this.options = new ArrayList<>(List.of(Program.java().toString()));
    this.options.addAll(plain);
    this.options.add("-XX:SharedArchiveFile=" + archive);
    this.options.addAll(main());
  }

  private static void unpack(Path folder) throws IOException {
    try (Stream<Path> jars = Files.list(DIST.resolve("lib"))) {
      Path jna =
          jars.filter(jar -> jar.getFileName().toString().startsWith("jna-"))
              .findFirst()
              .orElseThrow();
      String entry = "com/sun/jna/" + NATIVE.get(System.getProperty("os.arch")) + '/' + LIBRARY;
      try (ZipFile zip = new ZipFile(jna.toFile());
          InputStream library = zip.getInputStream(zip.getEntry(entry))) {
        Files.copy(library, folder.resolve(LIBRARY));
      }
    }
  }

  /** Where the C library may be; else JNA starts a program to find out. */
  private static String libraries() {
    return Stream.of("/lib", "/lib64", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu")
        .filter(folder -> Files.isDirectory(Path.of(folder)))
        .reduce((left, right) -> right + ':' + left)
        .orElseThrow();
  }

  private static List<String> main() {
    String classPath = DIST.resolve("lib") + "/*:" + DIST.resolve("backends") + "/*";
    return List.of("-cp", classPath, "io.diskwright.cli.Main");
  }

  /** Returns the command that runs it. */
  List<String> command(Path config, List<String> arguments) {
    List<String> command = new ArrayList<>(options);
    command.addAll(List.of("--config", config.toString()));
    command.addAll(arguments);
    return command;
  }
}
