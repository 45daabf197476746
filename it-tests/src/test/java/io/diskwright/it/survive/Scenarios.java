package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.Disk;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Snapshot;
import io.diskwright.spi.backend.SnapshotName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * What the program is stopped at, on one pool: a disk called {@code web} comes, changes and goes,
 * while one called {@code stays} must stay as it is. One thread.
 */
final class Scenarios {
  private static final int MIB = TestImage.MIB;
  private static final String WEB = "web";
  private static final String STAYS = "stays";
  private static final DiskName WEB_NAME = new DiskName(WEB);
  private static final SnapshotName SNAPSHOT = new SnapshotName("s1");

  private final Path home;
  private final String backend;
  private final TestImage raw;
  private final TestImage qcow2;
  private final TestImage other;
  private final TestImage written;

  /** Makes the images, and the configuration of a pool that the first scenario makes. */
  Scenarios(Path parent, String backend) throws IOException {
    this.backend = backend;
    this.home = TestPool.make(parent, backend);
    this.raw = TestImage.raw(home.resolve("image.raw"), MIB, 1);
    this.qcow2 = TestImage.qcow2(home.resolve("image.qcow2"), MIB, 2);
    this.other = TestImage.raw(home.resolve("other.raw"), MIB, 3);
    byte[] bytes = raw.paddedTo(2 * MIB);
    Arrays.fill(bytes, 3 * MIB / 2, 3 * MIB / 2 + 64 * 1024, (byte) 0x5a);
    this.written = new TestImage(raw.file(), bytes);
  }

  /** Returns the folder that the pool's folder and configuration are in. */
  Path home() {
    return home;
  }

  /** Returns all that the pool's backend offers. */
  List<Scenario> all() {
    List<Scenario> all =
        new ArrayList<>(
            List.of(
                firstUse(),
                create("create warm", raw, true),
                create("create cold raw", raw, false),
                create("create cold qcow2", qcow2, false),
                blank(),
                resize(),
                delete(),
                evict(),
                prune(),
                recover()));
    all.addAll(backend.equals("qcow2") ? List.of(flatten(), snapshot()) : List.of(preallocated()));
    return all;
  }

  /** Returns one of them. */
  Scenario named(String name) {
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

  /** Returns whether the disk that must stay has been made; makes no pool. */
  boolean hasWhatStays(TestPool pool) throws IOException {
    return Files.exists(TestPool.folder(home)) && pool.has(STAYS);
  }

  /** Makes the disk that must stay, once, and takes the other one away. */
  private void clear(TestPool pool) throws IOException {
    pool.create(STAYS, other.file(), 2 * MIB);
    pool.pool().delete(WEB_NAME, TestPool.call());
  }

  private static void evict(TestPool pool, TestImage image) throws IOException {
    var base = pool.base(image);
    if (base.isPresent()) {
      pool.pool().evict(base.get().key(), TestPool.call());
    }
  }

  /** Makes the disk of the raw image, in which a machine has written something. */
  private void write(TestPool pool) throws IOException {
    clear(pool);
    Disk disk = pool.create(WEB, raw.file(), 2 * MIB).disk();
    pool.write(disk, 3L * MIB / 2, (byte) 0x5a, 64 * 1024);
  }

  private static void wholeIfThere(TestPool pool, TestImage image) throws IOException {
    if (pool.has(WEB)) {
      whole(pool, image);
    }
  }

  private static void whole(TestPool pool, TestImage image) throws IOException {
    pool.assertReads(WEB, image, 2 * MIB);
    pool.assertSound(WEB);
  }

  private Scenario create(String name, TestImage image, boolean warm) {
    return new Scenario(
        name,
        pool -> {
          clear(pool);
          if (warm) {
            pool.create(WEB, image.file(), 2 * MIB);
            clear(pool);
          } else {
            evict(pool, image);
          }
        },
        pool -> List.of("disk", "create", WEB, "--image", image.file().toString(), "--size=2M"),
        pool -> wholeIfThere(pool, image),
        pool -> pool.create(WEB, image.file(), 2 * MIB),
        pool -> pool.assertReads(WEB, image, 2 * MIB));
  }

  private Scenario preallocated() {
    ProvisionRequest request =
        ProvisionRequest.fromImage(WEB_NAME, raw.file().toString())
            .size(2 * MIB)
            .preallocate(true)
            .build();
    Scenario warm = create("create preallocated", raw, true);
    return new Scenario(
        warm.name(),
        warm.before(),
        pool ->
            Stream.concat(warm.command().of(pool).stream(), Stream.of("--preallocate")).toList(),
        warm.held(),
        pool -> pool.provision(request),
        warm.done());
  }

  private Scenario blank() {
    return blank("create blank", this::clear);
  }

  private Scenario firstUse() {
    return blank(
        "first use of the pool",
        pool -> {
          if (Files.exists(TestPool.folder(home))) {
            TestPool.remove(TestPool.folder(home));
          }
        });
  }

  private Scenario blank(String name, Scenario.Step before) {
    TestImage zeros = new TestImage(home, new byte[2 * MIB]);
    return new Scenario(
        name,
        before,
        pool -> List.of("disk", "create", WEB, "--blank", "--size=2M"),
        pool -> wholeIfThere(pool, zeros),
        pool -> pool.provision(ProvisionRequest.blank(WEB_NAME, 2 * MIB).build()),
        pool -> pool.assertReads(WEB, zeros, 2 * MIB));
  }

  private Scenario resize() {
    return new Scenario(
        "resize",
        this::write,
        pool -> List.of("disk", "resize", WEB, "4M"),
        pool -> {
          long size = pool.size(WEB);
          assertThat(size).isIn(2L * MIB, 4L * MIB);
          pool.assertReads(WEB, written, size);
          pool.assertSound(WEB);
        },
        pool ->
            assertThat(pool.pool().resize(WEB_NAME, 4 * MIB, TestPool.call()).machine()).isEmpty(),
        pool -> pool.assertReads(WEB, written, 4 * MIB));
  }

  private Scenario delete() {
    return new Scenario(
        "delete",
        this::write,
        pool -> List.of("disk", "delete", WEB),
        pool -> wholeIfThere(pool, written),
        pool -> pool.pool().delete(WEB_NAME, TestPool.call()),
        pool -> {
          assertThat(pool.has(WEB)).isFalse();
          pool.assertRecoversToNothing();
          assertThat(pool.has(WEB)).as("what is deleted does not come back").isFalse();
        });
  }

  private Scenario evict() {
    AtomicReference<BaseKey> key = new AtomicReference<>();
    return new Scenario(
        "evict",
        pool -> {
          write(pool);
          clear(pool);
          key.set(pool.base(raw).orElseThrow().key());
        },
        pool -> List.of("base", "evict", key.get().value()),
        pool -> assertThat(pool.disks()).containsExactly(STAYS),
        pool -> pool.pool().evict(key.get(), TestPool.call()),
        pool -> {
          pool.assertRecoversToNothing();
          assertThat(pool.base(raw)).as("what is evicted does not come back").isEmpty();
          pool.create(WEB, raw.file(), 2 * MIB);
          pool.assertReads(WEB, raw, 2 * MIB);
        });
  }

  /** Two bases go, and one stays: on qcow2 because a disk depends on it, on raw it is pinned. */
  private Scenario prune() {
    return new Scenario(
        "prune",
        pool -> {
          write(pool);
          clear(pool);
          pool.create(WEB, qcow2.file(), 2 * MIB);
          clear(pool);
          pool.pool().pin(pool.base(other).orElseThrow().key(), true, TestPool.call());
        },
        pool -> List.of("base", "prune", "--unused-for=0s", "--min-age=0s"),
        pool -> {
          assertThat(pool.disks()).containsExactly(STAYS);
          assertThat(pool.base(other)).isPresent();
        },
        TestPool::prune,
        pool -> {
          pool.assertRecoversToNothing();
          assertThat(pool.pool().bases(TestPool.call()))
              .as("what is pruned does not come back")
              .hasSize(1);
          pool.create(WEB, raw.file(), 2 * MIB);
          pool.assertReads(WEB, raw, 2 * MIB);
        });
  }

  private Scenario flatten() {
    return new Scenario(
        "flatten",
        this::write,
        pool -> List.of("disk", "flatten", WEB),
        pool -> whole(pool, written),
        pool -> pool.pool().flatten(WEB_NAME, TestPool.call()),
        pool -> {
          whole(pool, written);
          Path file =
              pool.pool().find(WEB_NAME, TestPool.call()).orElseThrow().path().orElseThrow();
          assertThat(TestPool.backingFile(file)).isEmpty();
          evict(pool, raw);
          assertThat(pool.base(raw)).isEmpty();
          pool.assertReads(WEB, written, 2 * MIB);
        });
  }

  private Scenario snapshot() {
    return new Scenario(
        "create snapshot",
        this::write,
        pool -> List.of("disk", "snapshot", "create", WEB, SNAPSHOT.value()),
        pool -> {
          assertThat(pool.pool().snapshots(WEB_NAME, TestPool.call())).hasSizeLessThan(2);
          pool.assertReads(WEB, written, 2 * MIB);
          // QEMU marks the clusters that one user has. It counts a user more, then clears the mark,
          // then writes the snapshot down: a mark that is left is of a cluster without a second
          // one.
          assertThat(pool.damage(WEB)).allMatch(error -> error.contains("OFLAG_COPIED"));
        },
        pool -> {
          if (pool.pool().snapshots(WEB_NAME, TestPool.call()).isEmpty()) {
            pool.pool().createSnapshot(WEB_NAME, SNAPSHOT, TestPool.call());
          }
        },
        pool -> {
          assertThat(pool.pool().snapshots(WEB_NAME, TestPool.call()))
              .extracting(Snapshot::name)
              .containsExactly(SNAPSHOT);
          Path file =
              pool.pool().find(WEB_NAME, TestPool.call()).orElseThrow().path().orElseThrow();
          String unused = Program.run("qemu-io", "-f", backend, "-c", "write -q 0 1M", file);
          pool.pool().rollback(WEB_NAME, SNAPSHOT, TestPool.call());
          whole(pool, written);
        });
  }

  /** The sweep is stopped too, while it clears up after all that can have been killed. */
  private Scenario recover() {
    return new Scenario(
        "recover",
        pool -> {
          write(pool);
          clear(pool);
          leaveOver(pool.base(raw).orElseThrow().key().value());
        },
        pool -> List.of("recover"),
        pool -> assertThat(pool.disks()).containsExactly(STAYS),
        TestPool::recover,
        pool -> {
          pool.assertRecoversToNothing();
          assertThat(pool.base(raw)).as("a base whose eviction was not finished").isPresent();
          pool.create(WEB, raw.file(), 2 * MIB);
          pool.assertReads(WEB, raw, 2 * MIB);
        });
  }

  /** Leaves a base that is half evicted, what an evicted one leaves, and attempts at all stages. */
  private void leaveOver(String key) throws IOException {
    Path disks = TestPool.folder(home).resolve("disks");
    Path bases = TestPool.folder(home).resolve("bases");
    Files.move(
        bases.resolve(key + ".base"), bases.resolve(key + '.' + UUID.randomUUID() + ".gone"));
    Path gone = Files.createFile(bases.resolve(key + '.' + UUID.randomUUID() + ".gone"));
    Files.writeString(
        gone, "diskwright-record 1\nstorage-id=%s.0000000000000001.raw#1\nend\n".formatted(key));
    String twice = WEB + ".0123456789abcdef.";
    Files.write(disks.resolve(twice + backend), new byte[MIB]);
    Files.createFile(disks.resolve(twice + "new"));
    Files.createFile(disks.resolve(WEB + ".1123456789abcdef.new"));
    Files.createFile(bases.resolve("0".repeat(64) + ".0123456789abcdef.raw"));
  }
}
