package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.Disk;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Snapshot;
import io.diskwright.spi.backend.SnapshotName;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * What a process is stopped at that works on a pool of any storage: a disk called {@code web}
 * comes, changes and goes, while one called {@code stays} must stay as it is.
 */
class RequestScenarios {
  static final int MIB = TestImage.MIB;
  static final String WEB = "web";
  static final String STAYS = "stays";
  static final DiskName WEB_NAME = new DiskName(WEB);
  private static final SnapshotName SNAPSHOT = new SnapshotName("s1");
  private static final long WRITTEN_AT = 3L * MIB / 2;
  private static final int WRITTEN = 64 * 1024;

  private final Path folder;
  private final TestImage raw;
  final TestImage qcow2;
  private final TestImage other;
  final TestImage written;
  private final TestImage overwritten;
  private final TestImage zeros;

  /** Takes the images that {@link #makeImages} has made in a folder. */
  RequestScenarios(Path folder) {
    this.folder = folder;
    this.raw = new TestImage(folder.resolve("image.raw"), TestImage.bytes(MIB, 1));
    this.qcow2 = new TestImage(folder.resolve("image.qcow2"), TestImage.bytes(MIB, 2));
    this.other = new TestImage(folder.resolve("other.raw"), TestImage.bytes(MIB, 3));
    this.written = new TestImage(raw.file(), with((byte) 0x5a));
    this.overwritten = new TestImage(raw.file(), with((byte) 0x77));
    this.zeros = new TestImage(folder, new byte[2 * MIB]);
  }

  static void makeImages(Path folder) throws IOException {
    TestImage unused = TestImage.raw(folder.resolve("image.raw"), MIB, 1);
    unused = TestImage.qcow2(folder.resolve("image.qcow2"), MIB, 2);
    unused = TestImage.raw(folder.resolve("other.raw"), MIB, 3);
  }

  private byte[] with(byte value) {
    byte[] bytes = raw.paddedTo(2 * MIB);
    Arrays.fill(bytes, (int) WRITTEN_AT, (int) WRITTEN_AT + WRITTEN, value);
    return bytes;
  }

  /** Returns the folder with the images. */
  Path folder() {
    return folder;
  }

  List<RequestScenario> all() {
    return List.of(
        blank("first use of the pool", pool -> {}),
        create("create warm", raw, true),
        create("create cold raw", raw, false),
        resize(),
        createSnapshot(),
        rollBack(),
        removeSnapshot(),
        delete("delete", pool -> {}),
        delete("delete with a snapshot", RequestScenarios::snapshot),
        delete("delete the last of a base that was let go", this::evict),
        evict("evict a base with a clone", true),
        evict("evict a base", false));
  }

  /** Returns one of them. */
  final RequestScenario named(String name) {
    return all().stream()
        .filter(scenario -> scenario.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException(name));
  }

  /** Fails unless the disk that must stay is whole, and no disk is there that nobody made. */
  void assertNothingElseChanged(TestPool pool, boolean stays) throws IOException {
    pool.assertBasesAreWhole(raw, qcow2, other);
    assertThat(pool.disks()).isSubsetOf(WEB, STAYS);
    assertThat(pool.has(STAYS)).as("the disk that stays is there").isEqualTo(stays);
    if (stays) {
      pool.assertReads(STAYS, other, 2 * MIB);
    }
  }

  /** Returns whether the disk that must stay has been made. */
  boolean hasWhatStays(TestPool pool) throws IOException {
    return pool.has(STAYS);
  }

  private void stay(TestPool pool) throws IOException {
    pool.create(STAYS, other.file(), 2 * MIB);
  }

  void evict(TestPool pool) throws IOException {
    pool.pool().evict(key(pool), TestPool.call());
  }

  private BaseKey key(TestPool pool) throws IOException {
    return pool.base(raw).orElseThrow().key();
  }

  /** Makes the disk of the raw image, in which a machine has written something. */
  void write(TestPool pool) throws IOException {
    stay(pool);
    Disk disk = pool.create(WEB, raw.file(), 2 * MIB).disk();
    write(pool, disk, (byte) 0x5a);
  }

  private static void write(TestPool pool, Disk disk, byte value) throws IOException {
    pool.write(disk, WRITTEN_AT, value, WRITTEN);
  }

  static Disk web(TestPool pool) throws IOException {
    return pool.pool().find(WEB_NAME, TestPool.call()).orElseThrow();
  }

  private static void wholeIfThere(TestPool pool, TestImage image) throws IOException {
    if (pool.has(WEB)) {
      whole(pool, image);
    }
  }

  static void whole(TestPool pool, TestImage image) throws IOException {
    pool.assertReads(WEB, image, 2 * MIB);
  }

  RequestScenario create(String name, TestImage image, boolean warm) {
    return new RequestScenario(
        name,
        pool -> {
          stay(pool);
          if (warm) {
            pool.create(WEB, image.file(), 2 * MIB);
            pool.pool().delete(WEB_NAME, TestPool.call());
          }
        },
        pool -> pool.create(WEB, image.file(), 2 * MIB),
        pool -> wholeIfThere(pool, image),
        pool -> {
          whole(pool, image);
          assertThat(pool.pool().bases(TestPool.call())).as("one of each image").hasSize(2);
        });
  }

  private RequestScenario blank(String name, Scenario.Step before) {
    return new RequestScenario(
        name,
        before,
        pool -> pool.provision(ProvisionRequest.blank(WEB_NAME, 2 * MIB).build()),
        pool -> wholeIfThere(pool, zeros),
        pool -> whole(pool, zeros));
  }

  private RequestScenario resize() {
    return new RequestScenario(
        "resize",
        this::write,
        pool -> pool.pool().resize(WEB_NAME, 4 * MIB, TestPool.call()),
        pool -> {
          long size = pool.size(WEB);
          assertThat(size).isIn(2L * MIB, 4L * MIB);
          pool.assertReads(WEB, written, size);
        },
        pool -> pool.assertReads(WEB, written, 4 * MIB));
  }

  private static void snapshot(TestPool pool) throws IOException {
    if (pool.pool().snapshots(WEB_NAME, TestPool.call()).isEmpty()) {
      Snapshot unused = pool.pool().createSnapshot(WEB_NAME, SNAPSHOT, TestPool.call());
    }
  }

  private static void hasTheSnapshot(TestPool pool) throws IOException {
    assertThat(pool.pool().snapshots(WEB_NAME, TestPool.call()))
        .extracting(Snapshot::name)
        .containsOnly(SNAPSHOT);
  }

  private RequestScenario createSnapshot() {
    return new RequestScenario(
        "create snapshot",
        this::write,
        RequestScenarios::snapshot,
        pool -> {
          assertThat(pool.pool().snapshots(WEB_NAME, TestPool.call())).hasSizeLessThan(2);
          whole(pool, written);
        },
        pool -> {
          hasTheSnapshot(pool);
          write(pool, web(pool), (byte) 0x77);
          pool.pool().rollback(WEB_NAME, SNAPSHOT, TestPool.call());
          whole(pool, written);
        });
  }

  private RequestScenario rollBack() {
    return new RequestScenario(
        "roll back",
        pool -> {
          write(pool);
          snapshot(pool);
          write(pool, web(pool), (byte) 0x77);
        },
        pool -> pool.pool().rollback(WEB_NAME, SNAPSHOT, TestPool.call()),
        pool -> {
          hasTheSnapshot(pool);
          boolean back = pool.bytes(WEB)[(int) WRITTEN_AT] == 0x5a;
          whole(pool, back ? written : overwritten); // all that differs is in one block
        },
        pool -> {
          hasTheSnapshot(pool);
          whole(pool, written);
        });
  }

  private RequestScenario removeSnapshot() {
    return new RequestScenario(
        "remove snapshot",
        pool -> {
          write(pool);
          snapshot(pool);
        },
        pool -> pool.pool().removeSnapshot(WEB_NAME, SNAPSHOT, TestPool.call()),
        pool -> whole(pool, written),
        pool -> {
          assertThat(pool.pool().snapshots(WEB_NAME, TestPool.call())).isEmpty();
          whole(pool, written);
        });
  }

  private RequestScenario delete(String name, Scenario.Step further) {
    return new RequestScenario(
        name,
        pool -> {
          write(pool);
          further.with(pool);
        },
        pool -> pool.pool().delete(WEB_NAME, TestPool.call()),
        pool -> wholeIfThere(pool, written),
        pool -> assertThat(pool.has(WEB)).isFalse());
  }

  private RequestScenario evict(String name, boolean clone) {
    return new RequestScenario(
        name,
        pool -> {
          write(pool);
          if (!clone) {
            pool.pool().delete(WEB_NAME, TestPool.call());
          }
        },
        pool -> {
          if (pool.base(raw).isPresent()) {
            evict(pool);
          }
        },
        pool -> {
          assertThat(pool.has(WEB)).isEqualTo(clone);
          wholeIfThere(pool, written);
        },
        pool -> {
          assertThat(pool.base(raw)).as("what is evicted does not come back").isEmpty();
          wholeIfThere(pool, written);
          pool.create("web2", raw.file(), 2 * MIB);
          pool.assertReads("web2", raw, 2 * MIB);
          pool.pool().delete(new DiskName("web2"), TestPool.call());
        });
  }
}
