package io.diskwright.it.survive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** P3: whoever comes first to an image fills its base, and everybody else waits for that. */
class FirstUsesIT {
  private static final Logger LOG = LoggerFactory.getLogger(FirstUsesIT.class);
  private static final int PROCESSES = 4;
  private static final int THREADS = 16;
  private static final int IMAGE = 32 * TestImage.MIB;
  private static final int DISK = IMAGE + TestImage.MIB;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"raw,raw", "raw,qcow2", "qcow2,raw", "qcow2,qcow2"})
  @DisplayName("P3: of 64 first uses of an image by 4 processes at once, one fills its base")
  void oneOfManyFills(String backend, String format) throws IOException, InterruptedException {
    Path home = TestPool.make(folder, backend);
    Path file = home.resolve("image");
    TestImage image =
        format.equals("raw") ? TestImage.raw(file, IMAGE, 1) : TestImage.qcow2(file, IMAGE, 1);
    List<Process> users = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        users.add(
            Program.java(FirstUser.class, home, "d" + i + '-', THREADS, file, DISK)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
      }
      assertThat(fills(backend + " pool, " + format + " image", users)).isEqualTo(1);
    } finally {
      users.forEach(Process::destroyForcibly);
    }
    try (TestPool pool = TestPool.open(home)) {
      assertThat(pool.pool().bases(TestPool.call())).hasSize(1);
      pool.assertBasesAreWhole(image);
      assertThat(pool.disks()).hasSize(PROCESSES * THREADS);
      for (String disk : pool.disks()) {
        pool.assertReads(disk, image, DISK);
      }
      pool.assertRecoversToNothing();
    }
    assertThat(Files.exists(file)).isTrue();
  }

  private static int fills(String title, List<Process> users)
      throws IOException, InterruptedException {
    List<BufferedReader> outputs = users.stream().map(user -> user.inputReader(UTF_8)).toList();
    for (BufferedReader output : outputs) {
      assertThat(output.readLine()).isEqualTo("ready");
    }
    long start = System.nanoTime();
    for (Process user : users) {
      user.getOutputStream().write('\n');
      user.getOutputStream().flush();
    }
    int fills = 0;
    for (BufferedReader output : outputs) {
      String line = output.readLine();
      assertThat(line).as("what a user of the image says").isNotNull();
      fills += Integer.parseInt(line);
    }
    LOG.info("{}: {} ms", title, (System.nanoTime() - start) / 1_000_000);
    for (Process user : users) {
      assertThat(user.waitFor()).isZero();
    }
    return fills;
  }
}
