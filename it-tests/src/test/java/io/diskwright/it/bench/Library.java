package io.diskwright.it.bench;

import io.diskwright.core.Diskwright;
import io.diskwright.core.cache.PrunePolicy;
import io.diskwright.core.provision.Disk;
import io.diskwright.core.provision.ProvisionRequest;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.bench.Row.Timed;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.image.ImageRequest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;

/** Diskwright as an embedder has it, with one pool. */
final class Library implements AutoCloseable {
  private static final PoolName POOL = new PoolName("bench");
  private static final int WARM_UP = 3000;
  private static final long WARM_UP_SIZE = 20L * 1024 * 1024 * 1024;

  private final Path folder;
  private final Diskwright diskwright;

  private Library(Path folder, Diskwright diskwright) {
    this.folder = folder;
    this.diskwright = diskwright;
  }

  static Library open(Path folder, String backend, boolean sync) throws Exception {
    return open(
        folder,
        "backend: %s, path: '%s', sync-disks: %s".formatted(backend, folder.resolve("pool"), sync));
  }

  /** Opens a pool on a cluster that {@code it-tests/env} has started. */
  static Library onCeph(Path folder, Path cluster, String pool) throws Exception {
    return open(
        folder,
        "backend: rbd, pool: %s, user: diskwright, ceph-conf: '%s'"
            .formatted(pool, cluster.resolve("ceph.conf")));
  }

  /** Opens a pool on a thin pool. */
  static Library onLvm(Path folder, String group, String thinPool) throws Exception {
    return open(
        folder,
        "backend: lvm, volume-group: %s, thin-pool: %s, path: '%s'"
            .formatted(group, thinPool, folder.resolve("pool")));
  }

  /** As {@link #onLvm(Path, String, String)}, with linear volumes, of which nothing is wiped. */
  static Library onLvm(Path folder, String group) throws Exception {
    return open(
        folder,
        "backend: lvm, volume-group: %s, wipe: none, path: '%s'"
            .formatted(group, folder.resolve("pool")));
  }

  /** Opens a pool, by its keys, whose images are those of a Glance. */
  static Library withGlance(Path folder, String keys, Path clouds) throws Exception {
    String source = "sources:\n  glance: {cloud: diskwright, clouds-file: '%s'}\n";
    return open(folder, keys, source.formatted(clouds));
  }

  private static Library open(Path folder, String keys) throws Exception {
    return open(folder, keys, "");
  }

  private static Library open(Path folder, String keys, String sources) throws Exception {
    Files.createDirectories(folder);
    String pools = "default-pool: bench\npools:\n  bench: {%s}\n".formatted(keys);
    Files.writeString(config(folder), pools + sources);
    return again(folder);
  }

  /** Opens the pool of a folder as {@link #open} has left it. */
  static Library again(Path folder) throws Exception {
    return new Library(folder, Diskwright.open(config(folder)));
  }

  private static Path config(Path folder) {
    return folder.resolve("diskwright.yaml");
  }

  Call call() {
    return Call.within(Duration.ofMinutes(10));
  }

  ProvisionResult create(String name, Path image, long size) throws Exception {
    return create(name, image.toString(), size);
  }

  ProvisionResult create(String name, String image, long size) throws Exception {
    return diskwright.provision(
        ProvisionRequest.fromImage(new DiskName(name), image).size(size).build(), call());
  }

  BaseRecord pull(Path image) throws Exception {
    return pull(ImageRequest.of(image.toString()));
  }

  BaseRecord pull(ImageRequest image) throws Exception {
    return diskwright.pool(POOL).pull(image, call());
  }

  /** Lets the compiler of the JVM see the code that is measured, as in a program that has run. */
  void warmUp(Path image) throws Exception {
    warmUp(image, WARM_UP);
  }

  /** As above, where a create takes longer. */
  void warmUp(Path image, int rounds) throws Exception {
    for (int i = 0; i < rounds; i++) {
      create("warm-up", image, WARM_UP_SIZE);
      delete("warm-up");
    }
  }

  /** A fill of a base that is not there. */
  Timed coldFill(ImageRequest image) {
    return new Timed() {
      @Override
      public void clear() throws Exception {
        evictAll();
      }

      @Override
      public void prepare(int round) throws Exception {
        Images.settle(folder);
      }

      @Override
      public void run(int round) throws Exception {
        pull(image);
      }
    };
  }

  /** Inspects an image, which must be safe. */
  void inspect(String image) throws Exception {
    if (!diskwright.inspect(ImageRequest.of(image), POOL, call()).safe()) {
      throw new IllegalStateException("image (%s) must be safe".formatted(image));
    }
  }

  /** Empties the cache, so that the next fill is cold. */
  void evictAll() throws Exception {
    for (BaseRecord base : diskwright.pool(POOL).bases(call())) {
      diskwright.pool(POOL).evict(base.key(), call());
    }
  }

  /** Removes all bases that no disk needs, however new they are. */
  int prune() throws Exception {
    PrunePolicy policy = new PrunePolicy(Duration.ZERO, OptionalLong.empty(), Duration.ZERO);
    return diskwright.pool(POOL).prune(policy, call()).gone().size();
  }

  void delete(String name) throws Exception {
    diskwright.pool(POOL).delete(new DiskName(name), call());
  }

  Disk find(String name) throws Exception {
    return diskwright.pool(POOL).find(new DiskName(name), call()).orElseThrow();
  }

  List<DiskRecord> disks() throws Exception {
    return diskwright.pool(POOL).disks(call());
  }

  List<BaseRecord> bases() throws Exception {
    return diskwright.pool(POOL).bases(call());
  }

  @Override
  public void close() throws IOException {
    diskwright.close();
  }
}
