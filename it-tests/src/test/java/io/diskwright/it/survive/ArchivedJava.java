package io.diskwright.it.survive;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Starts the class path of these tests in other JVMs, many times: their classes come from an
 * archive that the JVM can make of jars only.
 */
final class ArchivedJava {
  private final List<String> options;

  /**
   * Packs the class path.
   *
   * @param options options of the JVM's, which all that are started have
   */
  ArchivedJava(Path folder, List<String> options) throws IOException {
    List<String> jars = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
      Path path = Path.of(part);
      if (Files.isDirectory(path)) {
        jars.add(pack(path, folder.resolve(jars.size() + ".jar")).toString());
      } else if (Files.exists(path)) {
        jars.add(part);
      }
    }
    this.options = new ArrayList<>(options);
    this.options.addAll(List.of("-cp", String.join(File.pathSeparator, jars)));
  }

  private static Path pack(Path classes, Path jar) throws IOException {
    try (Stream<Path> files = Files.walk(classes);
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return jar;
  }

  /** Has a JVM, while it runs a class to its end, make the archive that the others start from. */
  Program.End train(Path archive, Class<?> main, Object... arguments) throws IOException {
    Program.End end = Program.end(java("-XX:ArchiveClassesAtExit=" + archive, main, arguments));
    options.addAll(0, List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:disable"));
    return end;
  }

  /** Returns the command that runs a class. */
  ProcessBuilder java(Class<?> main, Object... arguments) {
    return java("-Xshare:auto", main, arguments);
  }

  private ProcessBuilder java(String option, Class<?> main, Object... arguments) {
    List<String> command = new ArrayList<>(List.of(Program.java().toString(), option));
    command.addAll(
        List.of("-XX:-UsePerfData", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m"));
    command.addAll(options);
    command.add(main.getName());
    Arrays.stream(arguments).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command);
  }
}
