package io.diskwright.it.survive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** P4: however creating, evicting and sweeping meet, no disk is there without its base. */
class EvictRaceIT {
  private static final Logger LOG = LoggerFactory.getLogger(EvictRaceIT.class);
  private static final int ROUNDS = 300;
  private static final int SEED = 1;

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource({"qcow2,true", "qcow2,false", "raw,true", "raw,false"})
  @DisplayName(
      "P4: bases are evicted and swept while disks are made of them, with locks and without")
  void noDiskWithoutItsBase(String backend, boolean locked) throws Exception {
    Path home = TestPool.make(folder, backend);
    TestImage image = TestImage.raw(home.resolve("image.raw"), TestImage.MIB, SEED);
    Map<String, Process> racers = new TreeMap<>();
    try {
      for (String side : new String[] {"create", "evict", "sweep"}) {
        racers.put(
            side,
            Program.java(EvictRacer.class, home, backend, side, locked, image.file(), SEED, ROUNDS)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
      }
      String said = end(racers.get("create"));
      Files.createFile(EvictRacer.stop(home));
      said += "; " + end(racers.get("evict")) + "; " + end(racers.get("sweep"));
      LOG.info("{}, {} locks: {}", backend, locked ? "with" : "without", said);
      assertThat(said).doesNotContain("made 0,").doesNotContain("removed 0,");
    } finally {
      racers.values().forEach(Process::destroyForcibly);
    }
    try (TestPool pool = TestPool.open(home)) {
      assertThat(pool.disks()).isEmpty();
      pool.assertBasesAreWhole(image);
      pool.assertRecoversToNothing();
    }
  }

  private static String end(Process racer) throws IOException, InterruptedException {
    assertThat(racer.waitFor(5, TimeUnit.MINUTES)).isTrue();
    String said = new String(racer.getInputStream().readAllBytes(), UTF_8).strip();
    assertThat(racer.exitValue()).as(said).isZero();
    return said;
  }
}
