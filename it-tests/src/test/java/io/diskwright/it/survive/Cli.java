package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.cli.TracedMain;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * The program as it is shipped, started so that it makes few system calls of its own: its classes
 * come from an archive, and its native code is unpacked already. It can be traced, see {@link
 * TracedMain}.
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
    Path archive = folder.resolve("classes.jsa");
    this.options =
        new ArrayList<>(
            List.of(
                Program.java().toString(),
                "-XX:ArchiveClassesAtExit=" + archive,
                "-XX:-UsePerfData",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UseContainerSupport", // else it looks at its limits from time to time
                "-Xmx64m",
                "-Xlog:disable",
                "-Djna.nounpack=true",
                "-Djna.boot.library.path=" + folder,
                "-Djna.platform.library.path=" + libraries(),
                "-cp",
                classPath(folder)));
    train(folder);
    options.set(1, "-XX:SharedArchiveFile=" + archive);
  }

  /** Makes a disk, for the archive to have what a command uses. */
  private void train(Path folder) throws IOException {
    Path home = TestPool.make(folder, "raw");
    TestImage image = TestImage.qcow2(home.resolve("image.qcow2"), TestImage.MIB, 1);
    List<String> create =
        command(
            TestPool.config(home),
            List.of("disk", "create", "web", "--image", image.file().toString()));
    Program.End end = Program.end(new ProcessBuilder(create));
    assertThat(end.status()).as(end.printed()).isZero();
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

  /** What is shipped, and what has it traced, in a jar: of a folder no classes are archived. */
  private static String classPath(Path folder) throws IOException {
    String name = TracedMain.class.getName().replace('.', '/') + ".class";
    Path jar = folder.resolve("traced.jar");
    try (InputStream code = TracedMain.class.getClassLoader().getResourceAsStream(name);
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry(name));
      code.transferTo(zip);
    }
    return DIST.resolve("lib") + "/*:" + DIST.resolve("backends") + "/*:" + jar;
  }

  /** Returns the command that runs it. */
  List<String> command(Path config, List<String> arguments) {
    return command(List.of(), config, arguments);
  }

  /** Has it traced by strace. */
  ScenarioRun.Start traced(List<String> strace) {
    return (config, arguments) -> new ProcessBuilder(command(strace, config, arguments));
  }

  private List<String> command(List<String> strace, Path config, List<String> arguments) {
    List<String> command = new ArrayList<>(options);
    command.add(TracedMain.class.getName());
    command.addAll(strace);
    command.addAll(List.of(TracedMain.END_OF_STRACE, "--config", config.toString()));
    command.addAll(arguments);
    return command;
  }
}
