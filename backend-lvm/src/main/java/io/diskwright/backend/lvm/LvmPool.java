package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.GroupState;
import io.diskwright.backend.lvm.lvm2.MetadataMark;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
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
import org.jspecify.annotations.Nullable;

/** An opened pool: a thin pool of a volume group, and its folder on this host; any thread. */
final class LvmPool {
  /** lvm2 answers in a tenth of a second, unless another command of its has the group locked. */
  private static final Duration ANSWER = Duration.ofMinutes(1);

  /**
   * Beyond these a write soon fails that is under way in a machine, and then the machine stands.
   */
  private static final double MOST_DATA = 95;

  private static final double MOST_METADATA = 90;

  /** What lvm2 counts them in. */
  private static final long MOST_EXTENTS = (1L << 32) - 1;

  /** For so long it does not have to be asked again how full a thin pool is. */
  private static final Duration RECENT = Duration.ofSeconds(2);

  private final String name;
  private final VolumeGroup group;
  private final Path device;
  private final long extentSize;
  private final String thinPool;
  private final boolean zeroes;
  private final PoolFolder folder;
  private final PoolIdentity identity;
  private final LockManager locks;
  private final Reservations reservations;
  private final long keepFree;
  private final Duration stallTimeout;
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable Seen seen;
  private volatile @Nullable Recorded recorded;

  LvmPool(
      PoolContext context,
      VolumeGroup group,
      GroupState state,
      Volume thinPool,
      PoolFolder folder,
      PoolIdentity identity,
      LockManager locks) {
    this.name = context.name().value();
    this.group = group;
    this.device = state.devices().get(0);
    this.extentSize = state.extentSize();
    this.thinPool = thinPool.name();
    this.zeroes = thinPool.zeroes();
    this.folder = folder;
    this.identity = identity;
    this.locks = locks;
    this.keepFree = context.keepFree();
    this.stallTimeout = context.stallTimeout();
    this.reservations = new Reservations(folder.space(), locks, new ThinSpace(), keepFree);
  }

  /** What is free in the thin pool, and what a volume takes of it. */
  private final class ThinSpace implements Reservations.Storage {
    @Override
    public long free() throws IOException {
      return usage(Call.within(ANSWER)).free();
    }

    @Override
    public long taken(String target) throws IOException {
      return group.volume(target, Call.within(ANSWER)).map(LvmPool::allocated).orElse(0L);
    }
  }

  String name() {
    return name;
  }

  /** Returns what messages call the storage. */
  String place() {
    return group.name() + '/' + thinPool;
  }

  VolumeGroup group() {
    return group;
  }

  String thinPool() {
    return thinPool;
  }

  /** Returns whether the thin pool zeroed what it hands out when this was opened. */
  boolean zeroes() {
    return zeroes;
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

  /** The thin pool as it was when it was last asked for, in nanoseconds of the JVM's clock. */
  private record Seen(Volume thinPool, long at) {}

  /** The volumes as they were when the group's metadata had this mark. */
  private record Recorded(MetadataMark mark, Volumes volumes) {}

  /** Lists the volumes of the group. */
  Volumes volumes(Call call) throws DiskException {
    return saw(new Volumes(group.volumes(call)));
  }

  /**
   * Lists the volumes of the group by what its metadata says, and asks lvm2 only when that has
   * changed: whether they are active, open, and how full, is what it was then.
   */
  Volumes recorded(Call call) throws DiskException {
    Optional<MetadataMark> mark = MetadataMark.read(device);
    Recorded last = recorded;
    if (last != null && mark.isPresent() && mark.get().equals(last.mark())) {
      return last.volumes();
    }
    Volumes now = volumes(call);
    if (mark.isPresent() && mark.equals(MetadataMark.read(device))) {
      recorded = new Recorded(mark.get(), now);
    }
    return now;
  }

  /** Finds a volume of this pool by what the group's metadata says, as {@link #recorded} does. */
  Optional<Volume> recorded(String volume, Call call) throws DiskException {
    return recorded(call).find(volume).filter(found -> found.thinPool().equals(thinPool));
  }

  /** Finds a volume of this pool; one of that name that is somewhere else is not ours. */
  Optional<Volume> volume(String volume, Call call) throws DiskException {
    return look(volume, call).filter(found -> found.thinPool().equals(thinPool));
  }

  /** Throws a failure on unless it was lvm2 that refused, for a reason that can be looked for. */
  static void requireRefused(DiskException failure) throws DiskException {
    if (failure.reason() != Reason.IO_ERROR) {
      throw failure;
    }
  }

  /** Finds a volume of the group, whoever it belongs to. */
  Optional<Volume> look(String volume, Call call) throws DiskException {
    return saw(new Volumes(group.volumes(List.of(volume, thinPool), call))).find(volume);
  }

  private Volumes saw(Volumes volumes) throws DiskException {
    seen = new Seen(thinPool(volumes), System.nanoTime());
    return volumes;
  }

  private Volume thinPool(Volumes volumes) throws DiskException {
    return volumes
        .find(thinPool)
        .orElseThrow(
            () ->
                DiskException.of(Reason.UNAVAILABLE, "look at thin pool")
                    .resource(place())
                    .said("it is gone")
                    .remedy("restore it, or take the pool out of the configuration")
                    .build());
  }

  /** Returns a volume's device; after a start of the host it may have none yet. */
  Path device(Volume volume, Call call) throws DiskException {
    Path path = group.device(volume.name());
    if (Files.notExists(path)) {
      group.activate(volume.name(), call);
    }
    return path;
  }

  /** Asks for the thin pool. */
  Volume thinPool(Call call) throws DiskException {
    return thinPool(saw(new Volumes(group.volumes(List.of(thinPool), call))));
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

  /** Fails when a thin pool is so full that its machines may soon stand still. */
  void requireRoom(Call call) throws DiskException {
    Seen last = seen;
    Volume pool =
        last != null && System.nanoTime() - last.at() < RECENT.toNanos()
            ? last.thinPool()
            : thinPool(call);
    if (!hasRoom(pool)) {
      throw DiskException.of(Reason.NO_SPACE, "make volume")
          .resource(place())
          .said(
              "of its data %.1f %% are used and of its metadata %.1f %%; nothing is made beyond"
                      .formatted(pool.data().orElse(0), pool.metadata().orElse(0))
                  + " %.0f and %.0f".formatted(MOST_DATA, MOST_METADATA))
          .remedy("extend the thin pool with: lvextend, or delete disks and bases")
          .build();
    }
  }

  static boolean hasRoom(Volume pool) {
    return pool.data().orElse(0) <= MOST_DATA && pool.metadata().orElse(0) <= MOST_METADATA;
  }

  PoolUsage usage(Call call) throws DiskException {
    Volume pool = thinPool(call);
    return new PoolUsage(pool.size(), pool.size() - allocated(pool));
  }

  /** Returns how much of a thin pool a volume takes, shared or not; of a pool, what is used. */
  static long allocated(Volume volume) {
    return (long) Math.ceil(volume.size() * volume.data().orElse(0) / 100);
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
