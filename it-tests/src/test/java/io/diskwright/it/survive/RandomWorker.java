package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.cache.Pruned;
import io.diskwright.core.cache.Verification;
import io.diskwright.core.cache.Verification.State;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * Works on a pool at random until it is killed: on disks of its own, of which it knows what must be
 * true, and on some that all workers fight for. Arguments: the pool's home, its number, a seed.
 */
final class RandomWorker {
  static final int IMAGES = 3;
  static final int SIZE = 2 * TestImage.MIB;
  private static final int OWN_DISKS = 6;
  private static final int SHARED_DISKS = 3;
  private static final int WORKS_BETWEEN_VITALS = 100;
  private static final long MOST = 8L * TestImage.MIB;

  private final Path home;
  private final int number;
  private final Random random;
  private final TestPool pool;
  private final Journal journal;

  private RandomWorker(Path home, int number, long seed) throws IOException {
    this.home = home;
    this.number = number;
    this.random = new Random(seed);
    this.pool = TestPool.open(home);
    this.journal = Journal.open(journal(home, number));
  }

  /** Works until it is killed, or something is wrong. */
  public static void main(String[] arguments) throws IOException {
    Path home = Path.of(arguments[0]);
    RandomWorker worker =
        new RandomWorker(home, Integer.parseInt(arguments[1]), Long.parseLong(arguments[2]));
    try {
      worker.look();
      for (long works = 0; ; works++) {
        worker.work();
        if (works % WORKS_BETWEEN_VITALS == 0) {
          Vitals.now().append(vitals(home, worker.number));
        }
      }
    } catch (AssertionError | IOException | RuntimeException e) {
      Files.writeString(
          violations(home),
          "worker %d: %s%n".formatted(worker.number, e),
          StandardOpenOption.CREATE,
          StandardOpenOption.APPEND);
      throw e;
    }
  }

  static Path journal(Path home, int number) {
    return home.resolve("worker-" + number + ".journal");
  }

  static Path vitals(Path home, int number) {
    return home.resolve("worker-" + number + ".vitals");
  }

  static Path violations(Path home) {
    return home.resolve("violations");
  }

  /** Makes the images that the workers use. */
  static void makeImages(Path home) throws IOException {
    for (int i = 0; i < IMAGES; i++) {
      TestImage unused =
          i == 1
              ? TestImage.qcow2(imageFile(home, i), TestImage.MIB, i)
              : TestImage.raw(imageFile(home, i), TestImage.MIB, i);
    }
  }

  private static Path imageFile(Path home, int image) {
    return home.resolve("image" + image);
  }

  /** Returns an image that was made. */
  static TestImage image(Path home, int image) {
    return new TestImage(imageFile(home, image), TestImage.bytes(TestImage.MIB, image));
  }

  /** Returns the image that a disk of this name is always made of; one without bytes is blank. */
  static TestImage imageOf(Path home, String disk) {
    int image = (disk.charAt(1) + disk.charAt(3)) % (IMAGES + 1);
    return image < IMAGES ? image(home, image) : new TestImage(home, new byte[0]);
  }

  /** Looks whether the disks of its own are as the workers of its number have left them. */
  private void look() throws IOException {
    for (Map.Entry<String, Journal.Known> known : Journal.read(journal(home, number)).entrySet()) {
      check(pool, known.getKey(), known.getValue());
    }
  }

  /** Fails unless a disk is there, or not, and as large, as is known of it. */
  static void check(TestPool pool, String disk, Journal.Known known) throws IOException {
    boolean there = pool.has(disk);
    if (there ? !known.may() : known.must()) {
      throw new AssertionError(
          "disk %s is%s there, and known is %s".formatted(disk, there ? "" : " not", known));
    }
    if (there && pool.size(disk) < known.least()) {
      throw new AssertionError(
          "disk %s has %d bytes, and known is %s".formatted(disk, pool.size(disk), known));
    }
  }

  private void work() throws IOException {
    int dice = random.nextInt(100);
    boolean own = random.nextInt(4) > 0;
    String disk =
        own
            ? "w%d-%d".formatted(number, random.nextInt(OWN_DISKS))
            : "s0-%d".formatted(random.nextInt(SHARED_DISKS));
    try {
      if (dice < 45) {
        create(disk, own);
      } else if (dice < 58) {
        grow(disk, own);
      } else if (dice < 75) {
        delete(disk, own);
      } else if (dice < 80) {
        flatten(disk);
      } else if (dice < 88) {
        evict();
      } else if (dice < 91) {
        Pruned unused = pool.prune();
      } else if (dice < 94) {
        verify();
      } else if (dice < 97) {
        pool.recover();
      } else if (own && pool.has(disk)) {
        pool.assertReads(disk, imageOf(home, disk), pool.size(disk));
      }
    } catch (DiskException e) {
      if (!isToBeExpected(e.reason(), dice, own)) {
        throw e;
      }
    }
  }

  /** A tool of a killed worker may have a disk open for a moment yet. */
  private static boolean isToBeExpected(Reason reason, int dice, boolean own) {
    return switch (reason) {
      case IN_USE -> true;
      case NOT_FOUND -> !own && dice >= 45;
      case INVALID_REQUEST -> !own; // somebody else has grown it further
      case HAS_DEPENDENTS -> dice >= 80;
      default -> false;
    };
  }

  private void create(String disk, boolean own) throws IOException {
    TestImage image = imageOf(home, disk);
    ProvisionRequest request =
        image.bytes().length == 0
            ? ProvisionRequest.blank(new DiskName(disk), SIZE).build()
            : ProvisionRequest.fromImage(new DiskName(disk), image.file().toString())
                .size(SIZE)
                .build();
    if (own) {
      journal.start(Journal.CREATE, disk, SIZE);
      long size = pool.provision(request).disk().record().size();
      journal.done(Journal.CREATE, disk, size);
    } else {
      pool.provision(request);
    }
  }

  private void grow(String disk, boolean own) throws IOException {
    Optional<Long> now =
        pool.pool().find(new DiskName(disk), TestPool.call()).map(found -> found.record().size());
    if (now.isEmpty() || now.get() >= MOST) {
      return;
    }
    long size = now.get() + 512L * (1 + random.nextInt(1000));
    Resized resized = pool.pool().resize(new DiskName(disk), size, TestPool.call());
    if (own && resized.machine().isEmpty()) {
      journal.done(Journal.GROW, disk, size);
    }
  }

  private void delete(String disk, boolean own) throws IOException {
    if (own) {
      journal.start(Journal.DELETE, disk, 0);
    }
    pool.pool().delete(new DiskName(disk), TestPool.call());
    if (own) {
      journal.done(Journal.DELETE, disk, 0);
    }
  }

  private void flatten(String disk) throws IOException {
    if (pool.has(disk)) {
      pool.pool().flatten(new DiskName(disk), TestPool.call());
    }
  }

  private void evict() throws IOException {
    List<BaseRecord> bases = pool.pool().bases(TestPool.call());
    if (!bases.isEmpty()) {
      pool.pool().evict(bases.get(random.nextInt(bases.size())).key(), TestPool.call());
    }
  }

  private void verify() throws IOException {
    for (BaseRecord base : pool.pool().bases(TestPool.call())) {
      Verification found = pool.pool().verify(base, TestPool.call());
      if (found.state() != State.SOUND && found.state() != State.GONE) {
        throw new AssertionError("base " + found);
      }
    }
  }

  /**
   * Fails unless the pool is as so many workers have left it; returns how many disks it has.
   *
   * <p>A disk whose deletion was killed is out of sight, and there again when that is swept.
   */
  static int assertAllIsWell(Path home, int workers) throws IOException {
    Path violations = violations(home);
    assertThat(violations)
        .as(Files.exists(violations) ? Files.readString(violations) : "")
        .doesNotExist();
    Set<String> disks;
    List<String> restored;
    try (TestPool pool = TestPool.open(home)) {
      disks = assertDisksAreRight(home, workers, pool);
      restored = pool.recover().restored();
      pool.assertRecoversToNothing();
    }
    try (TestPool pool = TestPool.open(home)) {
      Set<String> after = assertDisksAreRight(home, workers, pool);
      assertThat(after).as("after recovery").containsAll(disks);
      after.removeAll(disks);
      assertThat(after)
          .as("more than before, and restored: %s", restored)
          .allMatch(disk -> restored.stream().anyMatch(file -> file.contains('/' + disk + '.')));
      assertThat(pool.strays()).isEmpty();
    }
    return disks.size();
  }

  private static Set<String> assertDisksAreRight(Path home, int workers, TestPool pool)
      throws IOException {
    for (int number = 0; number < workers; number++) {
      for (var known : Journal.read(journal(home, number)).entrySet()) {
        check(pool, known.getKey(), known.getValue());
      }
    }
    pool.assertBasesAreWhole(
        IntStream.range(0, IMAGES).mapToObj(i -> image(home, i)).toArray(TestImage[]::new));
    Set<String> disks = pool.disks();
    for (String disk : disks) {
      pool.assertReads(disk, imageOf(home, disk), pool.size(disk));
      pool.assertSound(disk);
    }
    return disks;
  }
}
