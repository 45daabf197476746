package io.diskwright.it.cage;

import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.process.Cage;
import io.diskwright.toolkit.process.CageLimits;
import io.diskwright.toolkit.process.CageSupport;
import io.diskwright.toolkit.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The main class of a JVM that runs a shell's script in a cage, or says what of a cage there is.
 *
 * <p>Arguments: image, what becomes of its name once it is open ({@code keep}, {@code unlink}, or a
 * path that replaces it), target or {@code -}, script, and options such as {@code cpu=1}.
 */
final class CageMain {
  private static final long MIB = 1 << 20;

  private CageMain() {}

  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 0) {
      CageSupport support = CageSupport.ofHost();
      System.out.println("whole: " + support.whole().yes());
      for (Finding finding : support.findings()) {
        System.out.println(finding);
      }
      return;
    }
    try (NativeFile image = NativeFile.openRead(Path.of(arguments[0]))) {
      rename(image.path(), arguments[1]);
      Cage cage = Cage.around(image.openPath(), limits(arguments));
      if (!arguments[2].equals("-")) {
        cage = cage.writing(Path.of(arguments[2]));
      }
      List<String> shell = new ArrayList<>(List.of("-c", arguments[3], "script"));
      shell.add(cage.image().toString());
      System.err.println("starting");
      String printed =
          ChildProcess.of("do a test", Path.of("/bin/bash"), shell)
              .in(cage)
              .stallTimeout(Duration.ofSeconds(option(arguments, "stall", 60)))
              .run(Call.within(Duration.ofMinutes(3)));
      System.out.print(printed);
    } catch (DiskException e) {
      System.out.println(e.reason() + ": " + e.getMessage());
      System.exit(e.reason().exitCode());
    }
  }

  private static void rename(Path image, String fate) throws IOException {
    switch (fate) {
      case "keep" -> {}
      case "unlink" -> Files.delete(image);
      default -> Files.move(Path.of(fate), image, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static CageLimits limits(String... arguments) {
    return new CageLimits(
        option(arguments, "memory", 500) * MIB,
        Duration.ofSeconds(option(arguments, "cpu", 30)),
        option(arguments, "file", 10) * MIB,
        (int) option(arguments, "files", 64));
  }

  private static long option(String[] arguments, String name, long otherwise) {
    for (String argument : arguments) {
      if (argument.startsWith(name + '=')) {
        return Long.parseLong(argument.substring(name.length() + 1));
      }
    }
    return otherwise;
  }
}
