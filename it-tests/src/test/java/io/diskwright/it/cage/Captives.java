package io.diskwright.it.cage;

import com.sun.jna.Native;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.Answer;
import io.diskwright.toolkit.process.Cage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;

/** Runs {@link CageMain} in JVMs of its own, as root or as somebody else. */
final class Captives {
  private static final int NOBODY = 65534;

  private final String user;
  private final Path home;
  private final String classPath;

  /**
   * Prepares runs.
   *
   * @param user {@code root} or {@code nobody}
   * @param home a new folder that only this user can look into, with classes that it can read
   */
  Captives(String user, Path home) throws Exception {
    this.user = user;
    this.home = home;
    this.classPath = copyClasses(Files.createDirectory(home.resolve("classes")));
    Tools.run("chown", "-R", Integer.toString(uid()), home);
  }

  int uid() {
    return user.equals("root") ? 0 : NOBODY;
  }

  /** The build's own class path may lie where only root can look. */
  private static String copyClasses(Path folder) throws Exception {
    List<Path> copies = new ArrayList<>();
    for (Class<?> type :
        List.of(CageMain.class, Cage.class, Answer.class, Native.class, Logger.class)) {
      Path from = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
      Path to = folder.resolve(Integer.toString(copies.size()) + '-' + from.getFileName());
      Tools.run("cp", "-r", from, to);
      copies.add(to);
    }
    return copies.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** Makes a file of the user's. */
  Path file(String name, int mode, String text) throws Exception {
    Path file = Files.writeString(home.resolve(name), text);
    Files.setAttribute(file, "unix:mode", mode);
    Tools.run("chown", Integer.toString(uid()), file);
    return file;
  }

  /** Returns a JVM with arguments for {@link CageMain}, not started yet. */
  ProcessBuilder jvm(List<?> before, Object... arguments) {
    List<String> command = new ArrayList<>();
    if (uid() != 0) {
      command.addAll(
          List.of(
              Tools.require("setpriv").toString(),
              "--reuid=" + NOBODY,
              "--regid=" + NOBODY,
              "--clear-groups"));
    }
    before.forEach(part -> command.add(part.toString()));
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:-UsePerfData"));
    command.addAll(List.of("-Djava.io.tmpdir=" + home, "-cp", classPath));
    command.add(CageMain.class.getName());
    Stream.of(arguments).map(Object::toString).forEach(command::add);
    return new ProcessBuilder(command);
  }

  /** Runs one to its end. */
  Tools.Result run(Object... arguments) throws Exception {
    return Tools.run(jvm(List.of(), arguments));
  }

  /** Runs a script that must succeed in a cage, and returns what it printed. */
  String output(Path image, String script, Object... more) throws Exception {
    List<Object> arguments = new ArrayList<>(List.of(image, "keep", "-", script));
    arguments.addAll(List.of(more));
    return succeed(run(arguments.toArray()));
  }

  static String succeed(Tools.Result result) throws IOException {
    if (result.status() != 0) {
      throw new AssertionError(result.toString());
    }
    return result.output();
  }
}
