package io.diskwright.it.cage;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Await;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** P7: a cage ends with the program that has made it, whenever that is killed. */
@ParameterizedClass
@ValueSource(strings = {"root", "nobody"})
class CageDeathIT {
  private static final int KILLS = 40;
  private static final long BETWEEN_NANOS = TimeUnit.MICROSECONDS.toNanos(1500);

  @Parameter String user = "";

  @TempDir(factory = OpenFolder.class)
  Path parent = Path.of("");

  private Captives captives;
  private Path image = Path.of("");

  @BeforeEach
  void prepare() throws Exception {
    captives = new Captives(user, Files.createDirectory(parent.resolve("home")));
    image = captives.file("image", 0644, "the image");
  }

  /** The script names the folder, by which its processes are found whatever they have become. */
  private Process start() throws IOException {
    return captives
        .jvm(List.of(), image, "keep", "-", "sleep 1000; : " + parent, "memory=100")
        .redirectError(parent.resolve("log").toFile())
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void whatRunsInItIsKilled() throws Exception {
    Process jvm = start();
    Await.until("the script runs", () -> processes("; : " + parent).contains("/bin/bash"));

    jvm.destroyForcibly();

    assertNothingIsLeft();
  }

  /** From before the first of its processes is started until after the last. */
  @Test
  void whileItIsMadeItIsKilled() throws Exception {
    for (int i = 0; i < KILLS; i++) {
      Process jvm = start();
      Await.until("it starts", () -> Files.readString(parent.resolve("log")).contains("starting"));
      LockSupport.parkNanos(i * BETWEEN_NANOS);

      jvm.destroyForcibly();

      assertNothingIsLeft();
      Files.delete(parent.resolve("log"));
    }
  }

  private void assertNothingIsLeft() throws Exception {
    Await.until("all that belongs to it ends", () -> processes(parent.toString()).isEmpty());
    assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(" cage ");
  }

  /** Returns the programs that run with some text on their command line. */
  private static List<String> processes(String text) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(process -> process.getFileName().toString().matches("\\d+"))
          .map(CageDeathIT::commandLine)
          .filter(line -> line.contains(text))
          .map(line -> line.substring(0, line.indexOf('\0')))
          .toList();
    }
  }

  private static String commandLine(Path process) {
    try {
      return Files.readString(process.resolve("cmdline"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return ""; // it has ended
    }
  }
}
