package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Pool;
import io.diskwright.core.provision.Disk;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Machine;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.backend.Snapshot;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.error.AlreadyExistsException;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.InUseException;
import io.diskwright.toolkit.os.QemuImageLocks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A disk from its making to its end, with a guest that writes it and QEMU that checks it. */
class DiskLifeIT {
  private static final long MIB = 1024 * 1024;
  private static final DiskName DISK = new DiskName("disk");

  @TempDir Path folder = Path.of("");

  private Path image() throws IOException {
    return Images.raw(folder.resolve("image.raw"), 5, 8 * MIB);
  }

  private Host open(String backend, String... keys) throws IOException {
    return Host.open(folder.resolve("pool"), backend, keys);
  }

  private static void check(Path disk) throws Exception {
    Tools.run("qemu-img", "check", "-f", "qcow2", disk);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2"})
  @SuppressWarnings("try") // the locks are held, not used
  void noMachineCanOpenADiskWhileWeHoldItsLocks(String backend) throws Exception {
    try (Host host = open(backend)) {
      Path disk = host.create("disk", image()).disk().path().orElseThrow();
      try (QemuImageLocks locks = QemuImageLocks.take(disk).orElseThrow()) {
        Process machine =
            new ProcessBuilder("qemu-io", "-f", backend, "-c", "quit", disk.toString())
                .redirectErrorStream(true)
                .start();
        assertThat(machine.inputReader().lines()).anyMatch(line -> line.contains("lock"));
        assertThat(machine.waitFor()).isNotZero();
      }
      Tools.run("qemu-io", "-f", backend, "-c", "quit", disk);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "64K, false, raw",
    "64K, false, keep",
    "512, false, raw",
    "2M, false, raw",
    "128K, true, raw",
    "16K, true, keep"
  })
  void aQcow2DiskFromItsMakingToItsEnd(String clusterSize, boolean extendedL2, String bases)
      throws Exception {
    Path image = image();
    Path qcow2 = folder.resolve("image.qcow2");
    Tools.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", image, qcow2);
    try (Host host =
        open(
            "qcow2",
            "cluster-size: " + clusterSize,
            "extended-l2: " + extendedL2,
            "base-format: " + bases)) {
      Pool pool = host.pool();
      Path disk = host.create("disk", qcow2, 16 * MIB).disk().path().orElseThrow();
      check(disk);
      Tools.assertSame(disk, "qcow2", image, "raw");

      Tools.guestWrites(disk, "qcow2", 1, MIB, 65_536);
      Snapshot snapshot = pool.createSnapshot(DISK, new SnapshotName("before"), call());
      assertThat(snapshot.size()).isEqualTo(16 * MIB);
      assertThat(failure(() -> pool.createSnapshot(DISK, new SnapshotName("before"), call())))
          .isInstanceOf(AlreadyExistsException.class);
      Tools.guestWrites(disk, "qcow2", 2, MIB, 131_072);
      Tools.guestWrites(disk, "qcow2", 2, 15 * MIB, 65_536);
      pool.rollback(DISK, new SnapshotName("before"), call());
      Tools.guestReads(disk, "qcow2", 1, MIB, 65_536);
      Tools.guestReads(disk, "qcow2", 0, 15 * MIB, 65_536);
      assertThat(pool.snapshots(DISK, call())).containsExactly(snapshot);
      assertThat(pool.removeSnapshot(DISK, new SnapshotName("before"), call())).isTrue();
      assertThat(pool.removeSnapshot(DISK, new SnapshotName("before"), call())).isFalse();
      check(disk);

      Resized grown = pool.resize(DISK, 32 * MIB + 512, call());
      assertThat(grown.disk().size()).isEqualTo(32 * MIB + 512);
      assertThat(grown.machine()).isEmpty();
      Tools.guestReads(disk, "qcow2", 1, MIB, 65_536);
      Tools.guestReads(disk, "qcow2", 0, 16 * MIB, 16 * MIB + 512);
      assertThat(host.create("disk", qcow2, 16 * MIB).created()).isFalse();

      Path before = folder.resolve("before.raw");
      pool.extract(DISK, DiskFormat.RAW, before, call());
      assertThat(pool.flatten(DISK, call())).isTrue();
      assertThat(pool.flatten(DISK, call())).isFalse();
      assertThat(pool.evict(pool.bases(call()).get(0).key(), call())).isEqualTo(Eviction.REMOVED);
      check(disk);
      Tools.assertSame(disk, "qcow2", before, "raw");
      assertThat(Tools.run("qemu-img", "info", "-f", "qcow2", disk)).doesNotContain("backing");

      Path copy = folder.resolve("copy.qcow2");
      pool.extract(DISK, DiskFormat.QCOW2, copy, call());
      Tools.assertSame(copy, "qcow2", before, "raw");
      assertThat(failure(() -> pool.extract(DISK, DiskFormat.RAW, copy, call())))
          .isInstanceOf(AlreadyExistsException.class);

      assertThat(pool.delete(DISK, call())).isTrue();
      assertThat(host.leftOvers()).isEmpty();
      assertThat(disk).doesNotExist();
    }
  }

  @Test
  void aRawDiskFromItsMakingToItsEnd() throws Exception {
    Path image = image();
    try (Host host = open("raw")) {
      Pool pool = host.pool();
      Path disk = host.create("disk", image, 16 * MIB).disk().path().orElseThrow();
      Tools.assertSame(disk, "raw", image, "raw");
      Tools.guestWrites(disk, "raw", 1, MIB, 65_536);

      assertThat(pool.resize(DISK, 32 * MIB, call()).disk().size()).isEqualTo(32 * MIB);
      Tools.guestReads(disk, "raw", 1, MIB, 65_536);
      Tools.guestReads(disk, "raw", 0, 16 * MIB, 16 * MIB);
      assertThat(pool.flatten(DISK, call())).isFalse();

      for (DiskFormat format : new DiskFormat[] {DiskFormat.RAW, DiskFormat.QCOW2}) {
        Path copy = folder.resolve("copy." + format);
        pool.extract(DISK, format, copy, call());
        Tools.assertSame(copy, format.id(), disk, "raw");
      }
      assertThat(pool.delete(DISK, call())).isTrue();
      assertThat(host.leftOvers()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2"})
  void whileAMachineHasItOpenItGrowsAndNothingElseIsDone(String backend) throws Exception {
    Path image = image();
    try (Host host = open(backend)) {
      Pool pool = host.pool();
      Disk disk = host.create("disk", image, 16 * MIB).disk();
      Resized resized;
      try (Machine machine = Machine.start(disk)) {
        machine.guest("write -P 9 1M 64k");

        for (DiskException failure :
            new DiskException[] {
              failure(() -> pool.delete(DISK, call())),
              failure(() -> pool.extract(DISK, DiskFormat.RAW, folder.resolve("x"), call()))
            }) {
          assertThat(failure).isInstanceOf(InUseException.class);
          assertThat(failure.remedy()).isPresent();
        }
        if (backend.equals("qcow2")) {
          assertThat(failure(() -> pool.flatten(DISK, call()))).isInstanceOf(InUseException.class);
          assertThat(failure(() -> pool.createSnapshot(DISK, new SnapshotName("s"), call())))
              .isInstanceOf(InUseException.class);
        }

        resized = pool.resize(DISK, 32 * MIB, call());
        assertThat(resized.machine())
            .hasValueSatisfying(
                text -> assertThat(text).contains("block_resize", Long.toString(32 * MIB)));
        String unused =
            machine.tell(
                "{\"execute\": \"block_resize\", \"arguments\": {\"node-name\": \"root\", \"size\": %d}}"
                    .formatted(32 * MIB));
        machine.guest("write -P 8 31M 64k");
        machine.guest("read -P 0 20M 64k");
        machine.guest("read -P 9 1M 64k");
      }

      assertThat(pool.find(DISK, call()).orElseThrow().record().size()).isEqualTo(32 * MIB);
      Path file = disk.path().orElseThrow();
      Tools.guestReads(file, backend, 8, 31 * MIB, 65_536);
      Tools.guestReads(file, backend, 9, MIB, 65_536);
      assertThat(pool.delete(DISK, call())).isTrue();
    }
  }

  @Test
  void writesOfOneDiskAreSeenByNoOther() throws Exception {
    Path image = image();
    for (String backend : new String[] {"raw", "qcow2"}) {
      try (Host host = Host.open(folder.resolve("pool-" + backend), backend)) {
        Path one = host.create("one", image).disk().path().orElseThrow();
        Path two = host.create("two", image).disk().path().orElseThrow();
        Tools.guestWrites(one, backend, 3, 0, 8 * MIB);

        Tools.assertSame(two, backend, image, "raw");
        Tools.assertSame(
            host.create("three", image).disk().path().orElseThrow(), backend, image, "raw");
        Tools.guestReads(one, backend, 3, 0, 8 * MIB);
      }
    }
  }

  @Test
  void aPoolThatIsMovedKeepsItsDisks() throws Exception {
    Path image = image();
    try (Host host = open("qcow2")) {
      host.create("disk", image);
    }
    Path moved = Files.move(folder.resolve("pool"), folder.resolve("elsewhere"));
    try (Host host = Host.open(moved, "qcow2")) {
      Path disk = host.pool().find(DISK, call()).orElseThrow().path().orElseThrow();

      assertThat(disk).startsWithRaw(moved);
      Tools.assertSame(disk, "qcow2", image, "raw");
    }
  }
}
