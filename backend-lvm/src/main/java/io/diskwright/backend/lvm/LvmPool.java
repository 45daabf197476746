package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.GroupMetadata;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.pool.Reservations;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** An opened pool: space of a volume group, and the pool's folder on this host; any thread. */
final class LvmPool {
  /** lvm2 answers in a tenth of a second, unless another command of its has the group locked. */
  private static final Duration ANSWER = Duration.ofMinutes(1);

  /** What lvm2 counts them in. */
  private static final long MOST_EXTENTS = (1L << 32) - 1;

  private final String name;
  private final VolumeGroup group;
  private final GroupMetadata metadata;
  private final long extentSize;
  private final Space space;
  private final PoolFolder folder;
  private final PoolIdentity identity;
  private final LockManager locks;
  private final Reservations reservations;
  private final long keepFree;
  private final Duration stallTimeout;
  private final AtomicBoolean closed = new AtomicBoolean();

  LvmPool(
      PoolContext context,
      VolumeGroup group,
      GroupMetadata metadata,
      long extentSize,
      Space space,
      PoolFolder folder,
      PoolIdentity identity,
      LockManager locks) {
    this.name = context.name().value();
    this.group = group;
    this.metadata = metadata;
    this.extentSize = extentSize;
    this.space = space;
    this.folder = folder;
    this.identity = identity;
    this.locks = locks;
    this.keepFree = context.keepFree();
    this.stallTimeout = context.stallTimeout();
    this.reservations = new Reservations(folder.space(), locks, new Reserved(), keepFree);
  }

  /** What is free, and what a volume takes of it. */
  private final class Reserved implements Reservations.Storage {
    @Override
    public long free() throws IOException {
      return usage(Call.within(ANSWER)).free();
    }

    @Override
    public long taken(String target) throws IOException {
      return space.taken(target, Call.within(ANSWER));
    }
  }

  String name() {
    return name;
  }

  /** Returns what messages call the storage. */
  String place() {
    return place(group, space);
  }

  static String place(VolumeGroup group, Space space) {
    return space.thinPool().isEmpty() ? group.name() : group.name() + '/' + space.thinPool();
  }

  VolumeGroup group() {
    return group;
  }

  /** Returns the thin pool that its volumes are in; empty when they are in none. */
  String thinPool() {
    return space.thinPool();
  }

  PoolFolder folder() {
    return folder;
  }

  PoolIdentity identity() {
    return identity;
  }

  LockManager locks() {
    return locks;
  }

  Reservations reservations() {
    return reservations;
  }

  /** Returns after how long without progress a tool is given up. */
  Duration stallTimeout() {
    return stallTimeout;
  }

  long keepFree() {
    return keepFree;
  }

  /** Lists the volumes of the group. */
  Volumes volumes(Call call) throws DiskException {
    return withSpace(metadata.ask(call));
  }

  /**
   * Lists the volumes of the group by what its metadata says, and mostly without a question to
   * lvm2: whether they are active, open, and how full, is of no meaning here.
   */
  Volumes recorded(Call call) throws DiskException {
    return withSpace(metadata.volumes(call));
  }

  private Volumes withSpace(List<Volume> all) throws DiskException {
    Volumes volumes = new Volumes(all);
    space.requireAmong(volumes);
    return volumes;
  }

  /** Finds a volume of this pool by what the group's metadata says, as {@link #recorded} does. */
  Optional<Volume> recorded(String volume, Call call) throws DiskException {
    return recorded(call).find(volume).filter(this::isOurs);
  }

  /** Finds a volume of this pool; one of that name that is somewhere else is not ours. */
  Optional<Volume> volume(String volume, Call call) throws DiskException {
    return look(volume, call).filter(this::isOurs);
  }

  /** Throws a failure on unless it was lvm2 that refused, for a reason that can be looked for. */
  static void requireRefused(DiskException failure) throws DiskException {
    if (failure.reason() != Reason.IO_ERROR) {
      throw failure;
    }
  }

  /** Finds a volume of the group, whoever it belongs to. */
  Optional<Volume> look(String volume, Call call) throws DiskException {
    return group.volume(volume, call);
  }

  /** Returns whether a volume of the group is this pool's. */
  boolean isOurs(Volume volume) {
    return Volumes.isOurs(volume, thinPool());
  }

  /** Returns a volume's device; after a start of the host it may have none yet. */
  Path device(Volume volume, Call call) throws DiskException {
    Path path = group.device(volume.name());
    if (Files.notExists(path)) {
      group.activate(volume.name(), call);
    }
    return path;
  }

  /** Fails when a volume cannot be so large; lvm2 itself would take some such sizes for others. */
  void requireSize(long size, String tried) throws DiskException {
    if (size / extentSize >= MOST_EXTENTS) {
      throw DiskException.of(Reason.INVALID_REQUEST, tried)
          .said(
              "the size %d is more than LVM takes, which is %d extents of %d bytes"
                  .formatted(size, MOST_EXTENTS, extentSize))
          .remedy("choose a smaller size, or a group with larger extents")
          .build();
    }
  }

  /** Returns how large a volume becomes: whole extents. */
  long extents(long size) {
    return (size + extentSize - 1) / extentSize * extentSize;
  }

  PoolUsage usage(Call call) throws DiskException {
    return space.usage(call);
  }

  /** Removes a volume so that nobody can read what was on it. */
  void dispose(Volume volume, Call call) throws IOException {
    space.dispose(volume.name(), call);
  }

  /** Looks whether there is enough space of its kind. */
  List<Finding> checkSpace(Call call) throws DiskException {
    return space.check(call);
  }

  /** Makes an attempt, after what dead ones have left is cleared away. */
  Attempt attempt(Call call) throws IOException {
    sweep(call);
    return Attempt.begin(this);
  }

  /** Clears away what dead attempts of this host have left; asks lvm2 only when there are any. */
  void sweep(Call call) throws IOException {
    var unused = new Sweep(this, call).run();
  }

  /**
   * Work on the pool.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /** Does some work, unless the pool is closed, and says of what fails on what it was tried. */
  <T> T run(String tried, Object resource, Work<T> work) throws DiskException {
    requireOpen();
    try {
      return work.run();
    } catch (DiskException e) {
      throw e.on(name, resource.toString());
    } catch (LvmFormatException e) {
      throw DiskException.of(Reason.CORRUPT, tried)
          .pool(name)
          .resource(resource.toString())
          .cause(e)
          .remedy("restore what is damaged, or delete it")
          .build();
    } catch (IOException e) {
      throw OsErrors.toFailure(e, tried).pool(name).resource(resource.toString()).build();
    }
  }

  void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("pool (%s) is closed".formatted(name));
    }
  }

  void close() {
    if (closed.compareAndSet(false, true)) {
      locks.close();
    }
  }
}
