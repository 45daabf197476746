package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.Pool;
import io.diskwright.core.cache.PrunePolicy;
import io.diskwright.core.cache.Pruned;
import io.diskwright.core.provision.Disk;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.qcow2.Qcow2Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A pool that this process sees through the library, as one among others. */
final class TestPool implements AutoCloseable {
  private final Diskwright diskwright;
  private final Storage storage;

  private TestPool(Path home) throws IOException {
    this.diskwright = Diskwright.open(config(home));
    this.storage = storage(home);
  }

  private static Storage storage(Path home) throws IOException {
    if (PoolOnCeph.isIn(home)) {
      return PoolOnCeph.open(home);
    }
    return PoolOnLvm.isIn(home) ? PoolOnLvm.open(home) : new PoolFiles(folder(home));
  }

  /**
   * Writes the configuration of a pool of files in a fresh folder, with further keys such as {@code
   * keep-free: 1G}; returns that folder.
   */
  static Path make(Path parent, String backend, String... keys) throws IOException {
    Path home = Files.createTempDirectory(parent, "survive-" + backend);
    Files.writeString(
        config(home),
        """
        default-pool: p
        pools:
          p: {backend: %s, path: '%s', sync-disks: true%s}
        """
            .formatted(
                backend,
                folder(home),
                Arrays.stream(keys).map(", "::concat).collect(Collectors.joining())));
    return home;
  }

  /** Opens the pool of a folder that {@link #make} has made. */
  static TestPool open(Path home) throws IOException {
    return new TestPool(home);
  }

  static Path config(Path home) {
    return home.resolve("diskwright.yaml");
  }

  static Path folder(Path home) {
    return home.resolve("pool");
  }

  static void remove(Path home) throws IOException {
    try (Stream<Path> files = Files.walk(home)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  static Call call() {
    return Call.within(Duration.ofMinutes(2));
  }

  Pool pool() throws DiskException {
    return diskwright.defaultPool();
  }

  ProvisionResult create(String name, Path image, long size) throws DiskException {
    return provision(
        ProvisionRequest.fromImage(new DiskName(name), image.toString()).size(size).build());
  }

  ProvisionResult provision(ProvisionRequest request) throws DiskException {
    return diskwright.provision(request, call());
  }

  /** Returns the names of the disks, each of which must be found as it is listed. */
  Set<String> disks() throws DiskException {
    Set<String> names = new TreeSet<>();
    for (DiskRecord disk : pool().disks(call())) {
      assertThat(pool().find(disk.name(), call()).orElseThrow().record().toString())
          .isEqualTo(disk.toString());
      names.add(disk.name().value());
    }
    return names;
  }

  boolean has(String name) throws DiskException {
    return pool().find(new DiskName(name), call()).isPresent();
  }

  /** Returns the size of a disk as it is now. */
  long size(String name) throws DiskException {
    return pool().find(new DiskName(name), call()).orElseThrow().record().size();
  }

  /** Fails unless a disk reads as an image and then zeros, and is sound. */
  void assertReads(String name, TestImage image, long size) throws IOException {
    assertThat(size(name)).as("size of %s", name).isEqualTo(size);
    assertSame(name, image.paddedTo(size), bytes(name));
  }

  private static void assertSame(String what, byte[] expected, byte[] actual) {
    int mismatch = Arrays.mismatch(expected, actual);
    assertThat(mismatch).as("first byte of %s that differs", what).isEqualTo(-1);
  }

  /** Returns what a machine would read of a disk. */
  byte[] bytes(String name) throws IOException {
    return storage.bytes(pool().find(new DiskName(name), call()).orElseThrow());
  }

  /** Writes bytes of one value to a disk, as a machine would. */
  void write(Disk disk, long offset, byte value, int length) throws IOException {
    storage.write(disk, offset, value, length);
  }

  /** Returns the storage of a pool on Ceph. */
  PoolOnCeph onCeph() {
    return (PoolOnCeph) storage;
  }

  /** Fails when a disk is damaged; storage that nobody uses is no damage. */
  void assertSound(String name) throws IOException {
    assertThat(damage(name)).isEmpty();
  }

  /** Returns what the storage's tools find wrong with a disk. */
  List<String> damage(String name) throws IOException {
    return storage.damage(pool().find(new DiskName(name), call()).orElseThrow());
  }

  /** Returns the base of an image. */
  Optional<BaseRecord> base(TestImage image) throws DiskException {
    return pool().bases(call()).stream()
        .filter(base -> base.image().endsWith(image.file().toString()))
        .findFirst();
  }

  /** Fails unless every base is the whole of one of these images, and none is there twice. */
  void assertBasesAreWhole(TestImage... images) throws IOException {
    Set<String> seen = new TreeSet<>();
    for (BaseRecord base : pool().bases(call())) {
      assertThat(seen.add(base.key().value())).as("%s is listed once", base).isTrue();
      TestImage image =
          Arrays.stream(images)
              .filter(one -> base.image().endsWith(one.file().toString()))
              .findFirst()
              .orElseThrow(() -> new AssertionError("a base of nothing: " + base));
      assertSame(base.toString(), image.bytes(), storage.bytes(base));
    }
  }

  /** Returns the file that a qcow2 disk reads from beneath itself. */
  static Optional<Path> backingFile(Path disk) throws IOException {
    byte[] start = new byte[4096];
    int read;
    try (var in = Files.newInputStream(disk)) {
      read = in.readNBytes(start, 0, start.length);
    }
    return Qcow2Header.read(ByteBuffer.wrap(start, 0, read))
        .backingFile()
        .map(backing -> disk.resolveSibling(backing).normalize());
  }

  Recovery recover() throws DiskException {
    return pool().recover(call());
  }

  /** Lets go of every base that no disk depends on and nobody has pinned. */
  Pruned prune() throws DiskException {
    return pool()
        .prune(new PrunePolicy(Duration.ZERO, OptionalLong.empty(), Duration.ZERO), call());
  }

  /** Recovers, and fails when something stays that no record names, or was kept. */
  void assertRecoversToNothing() throws IOException {
    long end = System.nanoTime() + storage.patience().toNanos();
    Recovery recovery = recover();
    while (System.nanoTime() - end < 0 && !(recovery.kept().isEmpty() && strays().isEmpty())) {
      recovery = recover();
    }
    assertThat(recovery.kept()).as("kept").isEmpty();
    assertThat(strays()).as("strays after %s", recovery).isEmpty();
    Recovery again = recover();
    assertThat(again.swept()).as("swept again").isEmpty();
    assertThat(again.restored()).as("restored again").isEmpty();
    assertThat(again.kept()).as("kept again").isEmpty();
  }

  /** Returns all on the storage that is neither the pool's own, nor a record, nor named by one. */
  List<String> strays() throws IOException {
    return storage.strays();
  }

  @Override
  public void close() throws IOException {
    try (storage) {
      diskwright.close();
    }
  }
}
