package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.HasDependentsException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file system that loses its device in the middle of the work, and all that was not synced.
 *
 * <p>{@code -Ddiskwright.cuts=N} for N times on each pool; {@code -Ddiskwright.seed=S} for the seed
 * that a failure names (instants differ all the same).
 */
class LostPowerIT {
  private static final Logger LOG = LoggerFactory.getLogger(LostPowerIT.class);
  private static final int CUTS = Integer.getInteger("diskwright.cuts", 20);
  private static final int DISKS = 6;
  private static final int MOST_STEPS = 40;
  private static final int TOO_MANY = 100_000;
  private static final int SIZE = 2 * TestImage.MIB;
  private static final long MOST = 8L * TestImage.MIB;

  @RegisterExtension static final FileSystemOnLoop XFS = new FileSystemOnLoop("xfs");
  @RegisterExtension static final FileSystemOnLoop EXT4 = new FileSystemOnLoop("ext4");

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({"raw,xfs", "qcow2,xfs", "raw,ext4", "qcow2,ext4"})
  @DisplayName("P1, P11, P13: a lost device is told, and what was acknowledged is there afterwards")
  void whatWasAcknowledgedIsThere(String backend, String fileSystem) throws Exception {
    long seed = Long.getLong("diskwright.seed", System.nanoTime());
    FileSystemOnLoop storage = fileSystem.equals("xfs") ? XFS : EXT4;
    Path home = TestPool.make(storage.mount(), backend);
    Path journal = folder.resolve("journal");
    Path probe = home.resolve("probe");
    List<TestImage> images =
        List.of(
            TestImage.raw(folder.resolve("image.raw"), TestImage.MIB, 1),
            TestImage.qcow2(folder.resolve("image.qcow2"), TestImage.MIB, 2));
    Random random = new Random(seed);
    int steps = 0;
    try {
      String unused = Program.run("sync", "-f", storage.mount()); // the configuration
      for (int round = 0; round < CUTS; round++) {
        try (TestPool pool = TestPool.open(home);
            Journal known = Journal.open(journal)) {
          steps += new Worker(pool, known, probe, images, random).workUntilPowerIsLost(storage);
        } finally {
          storage.mountAgain();
        }
        assertAllIsWell(home, journal, images);
      }
    } catch (AssertionError | IOException e) {
      throw new AssertionError("-Ddiskwright.seed=%d: %s".formatted(seed, e), e);
    }
    LOG.info("{} on {}: power lost {} times in {} steps", backend, fileSystem, CUTS, steps);
  }

  @Test
  @DisplayName("P11: a pool that cannot be looked at is not said to be missing")
  void aPoolWithoutItsDeviceIsNotMissing() throws Exception {
    Path home = TestPool.make(XFS.mount(), "raw");
    try (TestPool pool = TestPool.open(home)) {
      assertThat(pool.disks()).isEmpty();
    }
    try (TestPool pool = TestPool.open(home)) {
      assertThat(XFS.startCutOff().waitFor()).isZero();
      DiskException failure = catchThrowableOfType(DiskException.class, pool::disks);
      assertThat(failure.reason()).as(failure.toString()).isEqualTo(Reason.IO_ERROR);
    } finally {
      XFS.mountAgain();
    }
  }

  private static void assertAllIsWell(Path home, Path journal, List<TestImage> images)
      throws IOException {
    for (boolean recovered : new boolean[] {false, true}) {
      try (TestPool pool = TestPool.open(home)) {
        for (Map.Entry<String, Journal.Known> known : Journal.read(journal).entrySet()) {
          RandomWorker.check(pool, known.getKey(), known.getValue());
        }
        for (String disk : pool.disks()) {
          pool.assertReads(disk, imageOf(disk, images), pool.size(disk));
          pool.assertSound(disk);
        }
        pool.assertBasesAreWhole(images.toArray(TestImage[]::new));
        if (!recovered) {
          pool.assertRecoversToNothing();
        }
      }
    }
  }

  private static TestImage imageOf(String disk, List<TestImage> images) {
    return images.get(disk.charAt(1) % images.size());
  }

  /** Works on disks of which it writes down what must be true. */
  private record Worker(
      TestPool pool, Journal known, Path probe, List<TestImage> images, Random random) {
    /** Returns how many steps were done. */
    int workUntilPowerIsLost(FileSystemOnLoop storage) throws Exception {
      int last = random.nextInt(MOST_STEPS);
      Process cut = null;
      for (int step = 0; step < last + TOO_MANY; step++) {
        if (step == last) {
          cut = storage.startCutOff();
        }
        try {
          work();
        } catch (DiskException e) {
          assertThat(cut).as("what loses power before %s", e).isNotNull();
          assertThat(cut.waitFor()).isZero();
          // ext4 calls a file system read-only whose journal it cannot write.
          assertThat(e.reason()).as(e.toString()).isIn(Reason.IO_ERROR, Reason.PERMISSION_DENIED);
          assertThat(e.remedy()).isPresent();
          return step;
        }
      }
      throw new AssertionError("nothing fails without power");
    }

    private void work() throws IOException {
      String disk = "d" + random.nextInt(DISKS);
      int dice = random.nextInt(100);
      if (dice < 50) {
        known.start(Journal.CREATE, disk, SIZE);
        ProvisionResult made = pool.create(disk, imageOf(disk, images).file(), SIZE);
        acknowledged(Journal.CREATE, disk, made.disk().record().size());
      } else if (dice < 75) {
        known.start(Journal.DELETE, disk, 0);
        pool.pool().delete(new DiskName(disk), TestPool.call());
        acknowledged(Journal.DELETE, disk, 0);
      } else if (dice < 90) {
        changeIfThere(disk, dice < 85);
      } else {
        evict();
      }
    }

    /** XFS says that a folder is synced when it has just lost its device; of a file it does not. */
    private void acknowledged(String what, String disk, long size) throws IOException {
      try (FileChannel file =
          FileChannel.open(probe, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        file.write(ByteBuffer.allocate(1));
        file.force(true);
      } catch (IOException e) {
        LOG.debug("power was lost before {} of {} was acknowledged", what, disk, e);
        return;
      }
      known.done(what, disk, size);
    }

    private void changeIfThere(String disk, boolean grow) throws IOException {
      if (!pool.has(disk)) {
        return;
      }
      long size = pool.size(disk) + 512L * (1 + random.nextInt(1000));
      if (!grow) {
        pool.pool().flatten(new DiskName(disk), TestPool.call());
      } else if (size < MOST) {
        pool.pool().resize(new DiskName(disk), size, TestPool.call());
        acknowledged(Journal.GROW, disk, size);
      }
    }

    private void evict() throws IOException {
      try {
        for (BaseRecord base : pool.pool().bases(TestPool.call())) {
          pool.pool().evict(base.key(), TestPool.call());
        }
      } catch (HasDependentsException e) {
        LOG.debug("a base stays", e);
      }
    }
  }
}
