package io.diskwright.it.survive;

import io.diskwright.core.lock.HostLocks;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.config.ConfigKey;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.lock.LockManager;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ServiceLoader;

/**
 * One side of a race: makes disks, or evicts bases, or sweeps. Arguments: the pool's home, the
 * backend, the side, whether with locks, the image, its seed, how many disks; prints what came of
 * it. Who does not make disks goes on until a file {@code stop} is there.
 */
final class EvictRacer {
  private static final int SIZE = 2 * TestImage.MIB;
  private static final int READ_EVERY = 25;

  private final Path home;
  private final boolean locked;
  private final TestImage image;
  private final int rounds;
  private final TestPool pool;
  private final ImageBackend backend;

  private EvictRacer(String[] arguments) throws IOException {
    this.home = Path.of(arguments[0]);
    this.locked = Boolean.parseBoolean(arguments[3]);
    this.image =
        new TestImage(
            Path.of(arguments[4]), TestImage.bytes(TestImage.MIB, Long.parseLong(arguments[5])));
    this.rounds = Integer.parseInt(arguments[6]);
    this.pool = TestPool.open(home);
    this.backend = backend(arguments[1]);
  }

  /** Does that. */
  public static void main(String[] arguments) throws IOException {
    EvictRacer racer = new EvictRacer(arguments);
    switch (arguments[2]) {
      case "create" -> racer.create();
      case "evict" -> racer.evict();
      default -> racer.sweep();
    }
  }

  static Path stop(Path home) {
    return home.resolve("stop");
  }

  private boolean isToGoOn() {
    return Files.notExists(stop(home));
  }

  private void create() throws IOException {
    int made = 0;
    int missed = 0;
    for (int i = 0; i < rounds; i++) {
      String name = "d" + i;
      if (locked ? makeLocked(name) : make(name)) {
        made++;
        checkBase(name);
        if (i % READ_EVERY == 0) {
          pool.assertReads(name, image, SIZE);
        }
        pool.pool().delete(new DiskName(name), TestPool.call());
      } else {
        missed++;
      }
    }
    System.out.println("made %d, missed %d".formatted(made, missed));
  }

  private boolean makeLocked(String name) throws DiskException {
    return pool.create(name, image.file(), SIZE).created();
  }

  /** As core does it, but holding no lock while the disk is made. */
  private boolean make(String name) throws IOException {
    try {
      BaseRecord base = pool.pool().pull(ImageRequest.of(image.file().toString()), TestPool.call());
      DiskRequest request = DiskRequest.builder(new DiskName(name), SIZE).build();
      return backend.createImage(request, base, TestPool.call()).disk().size() == SIZE;
    } catch (DiskException e) {
      if (e.reason() == Reason.NOT_FOUND || e.reason() == Reason.UNAVAILABLE) {
        return false;
      }
      throw e;
    }
  }

  private void checkBase(String name) throws IOException {
    var disk = pool.pool().find(new DiskName(name), TestPool.call()).orElseThrow();
    if (disk.attachment().format() == DiskFormat.QCOW2) {
      Path base = TestPool.backingFile(disk.path().orElseThrow()).orElseThrow();
      // Its record may be put aside for a moment, until the disk is seen.
      if (Files.notExists(base)) {
        throw new AssertionError("disk %s is there, and its base %s is not".formatted(name, base));
      }
    }
  }

  private void evict() throws IOException {
    int removed = 0;
    int refused = 0;
    while (isToGoOn()) {
      for (BaseRecord base : pool.pool().bases(TestPool.call())) {
        try {
          Eviction became =
              locked
                  ? pool.pool().evict(base.key(), TestPool.call())
                  : backend.evict(base.key(), TestPool.call());
          removed += became == Eviction.REMOVED ? 1 : 0;
        } catch (DiskException e) {
          if (e.reason() != Reason.HAS_DEPENDENTS) {
            throw e;
          }
          refused++;
        }
      }
    }
    System.out.println("removed %d, refused %d".formatted(removed, refused));
  }

  private void sweep() throws IOException {
    int sweeps = 0;
    int swept = 0;
    while (isToGoOn()) {
      sweeps++;
      swept += pool.recover().swept().size();
    }
    System.out.println("%d sweeps, %d swept".formatted(sweeps, swept));
  }

  /** Opens the pool without core's flow around it, and so without its locks. */
  private ImageBackend backend(String id) throws DiskException {
    ImageBackendProvider provider =
        ServiceLoader.load(ImageBackendProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.id().equals(id))
            .findFirst()
            .orElseThrow();
    Settings.Builder settings = Settings.builder();
    for (ConfigKey<?> key : provider.configKeys()) {
      if (key.name().equals("path")) {
        settings.parse(key, TestPool.folder(home).toString());
      }
    }
    return provider.open(new Context(settings.build()));
  }

  /**
   * What core gives a backend.
   *
   * @param settings the pool's settings
   */
  private record Context(Settings settings) implements PoolContext {
    @Override
    public Duration stallTimeout() {
      return Duration.ofMinutes(2);
    }

    @Override
    public long keepFree() {
      return 0;
    }

    @Override
    public PoolName name() {
      return new PoolName("p");
    }

    @Override
    public LockManager hostLocks(Path lockFile) {
      return HostLocks.of(lockFile);
    }
  }
}
