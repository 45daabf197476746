package io.diskwright.it.survive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.LoopFs;
import io.diskwright.spi.backend.BaseRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** 64 images are used for the first time at once, by 4 processes: the pool's limits hold. */
class ManyFirstUsesIT {
  private static final Logger LOG = LoggerFactory.getLogger(ManyFirstUsesIT.class);
  private static final int PROCESSES = 4;
  private static final int THREADS = 16;
  private static final int IMAGES = PROCESSES * THREADS;
  private static final int AT_ONCE = 3;

  /** Of each image a quarter is data. */
  private static final int SIZE = 8 * TestImage.MIB;

  private static final long DATA = SIZE / 4;

  @TempDir private Path folder;

  /** Makes the images, every second one as qcow2. */
  private List<TestImage> images() throws IOException {
    List<TestImage> images = new ArrayList<>();
    for (int i = 0; i < IMAGES; i++) {
      Path file = folder.resolve("image" + i);
      images.add(i % 2 == 0 ? TestImage.raw(file, SIZE, i) : TestImage.qcow2(file, SIZE, i));
    }
    return images;
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2"})
  @DisplayName("no more bases are filled at once than the pool says, and nobody starves")
  void fillsAtOnceHold(String backend) throws Exception {
    List<TestImage> images = images();
    Path home =
        TestPool.make(
            folder, backend, "fills-at-once: " + AT_ONCE, "fill-bandwidth: 24M", "keep-free: 1M");
    List<List<String>> said;
    int most;
    try (FillWatch watch = new FillWatch(home)) {
      said = use(home, images);
      most = watch.most();
    }
    assertThat(most).as("fills at once").isEqualTo(AT_ONCE);
    assertThat(said).allSatisfy(each -> assertThat(each).allMatch(ManyFirstUsesIT::isCached));
    try (TestPool pool = TestPool.open(home)) {
      assertThat(pool.pool().bases(TestPool.call())).hasSize(IMAGES);
      pool.assertBasesAreWhole(images.toArray(TestImage[]::new));
      assertNobodyWaitsForAllOthers(pool, said);
      pool.assertRecoversToNothing();
    }
  }

  /** Each process has filled a base before the other three have filled all of theirs. */
  private static void assertNobodyWaitsForAllOthers(TestPool pool, List<List<String>> said)
      throws IOException {
    List<String> order =
        pool.pool().bases(TestPool.call()).stream()
            .sorted(Comparator.comparing(BaseRecord::created))
            .map(base -> base.key().value())
            .toList();
    List<Integer> first = new ArrayList<>();
    for (List<String> each : said) {
      Set<String> own = new HashSet<>();
      each.forEach(line -> own.add(line.substring(ManyFirstUser.CACHED.length() + 1)));
      first.add((int) order.stream().takeWhile(key -> !own.contains(key)).count());
    }
    LOG.info("fills before the first one of each process: {}", first);
    assertThat(first).allMatch(before -> before < IMAGES - THREADS);
  }

  @ParameterizedTest
  @CsvSource({"ext4,160M", "xfs,320M"})
  @DisplayName("P10: what does not fit is refused before it starts, and so much is always free")
  void reservationsHold(String fileSystem, String size) throws Exception {
    List<TestImage> images = images();
    try (LoopFs fs = LoopFs.up(fileSystem, size)) {
      long keepFree = fs.free() - 20 * DATA;
      Path home =
          TestPool.make(fs.mount(), "qcow2", "fills-at-once: " + AT_ONCE, "keep-free: " + keepFree);
      List<String> said = new ArrayList<>();
      long leastFree;
      try (FillWatch watch = new FillWatch(home)) {
        use(home, images).forEach(said::addAll);
        leastFree = watch.leastFree();
        assertThat(watch.most()).as("fills at once").isLessThanOrEqualTo(AT_ONCE);
      }
      long cached = said.stream().filter(ManyFirstUsesIT::isCached).count();
      LOG.info(
          "{}: {} of {} fit, {} bytes above what is kept free were left at the least",
          fileSystem,
          cached,
          IMAGES,
          leastFree - keepFree);
      assertThat(said)
          .filteredOn(line -> !isCached(line))
          .hasSizeGreaterThan(IMAGES / 2)
          .allMatch(line -> line.startsWith("cannot reserve space "))
          .allMatch(line -> line.contains("%d are kept free".formatted(keepFree)));
      assertThat(leastFree).isGreaterThanOrEqualTo(keepFree);
      assertThat(leastFree - keepFree).as("room that nobody got").isLessThan(2 * DATA);
      try (TestPool pool = TestPool.open(home)) {
        assertThat(pool.pool().bases(TestPool.call())).hasSize((int) cached);
        pool.assertBasesAreWhole(images.toArray(TestImage[]::new));
        assertThat(pool.strays()).isEmpty();
        pool.assertRecoversToNothing();
      }
    }
  }

  private static boolean isCached(String line) {
    return line.startsWith(ManyFirstUser.CACHED);
  }

  /** Lets each process use its own part of the images; returns what each says of them. */
  private static List<List<String>> use(Path home, List<TestImage> images) throws Exception {
    List<Process> users = new ArrayList<>();
    try {
      for (int i = 0; i < PROCESSES; i++) {
        users.add(start(home, images.subList(i * THREADS, (i + 1) * THREADS)));
      }
      List<BufferedReader> outputs = users.stream().map(user -> user.inputReader(UTF_8)).toList();
      for (BufferedReader output : outputs) {
        assertThat(output.readLine()).isEqualTo("ready");
      }
      for (Process user : users) {
        user.getOutputStream().write('\n');
        user.getOutputStream().flush();
      }
      List<List<String>> said = new ArrayList<>();
      for (int i = 0; i < PROCESSES; i++) {
        said.add(outputs.get(i).lines().toList());
        assertThat(users.get(i).waitFor()).isZero();
        assertThat(said.get(i)).hasSize(THREADS);
      }
      return said;
    } finally {
      users.forEach(Process::destroyForcibly);
    }
  }

  private static Process start(Path home, List<TestImage> images) throws IOException {
    List<Object> arguments = new ArrayList<>(List.of(home));
    images.forEach(image -> arguments.add(image.file()));
    return Program.java(ManyFirstUser.class, arguments.toArray())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }
}
