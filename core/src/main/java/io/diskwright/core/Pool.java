package io.diskwright.core;

import io.diskwright.core.cache.BaseEvictor;
import io.diskwright.core.cache.BaseVerifier;
import io.diskwright.core.cache.PrunePolicy;
import io.diskwright.core.cache.Pruned;
import io.diskwright.core.cache.Verification;
import io.diskwright.core.config.PoolConfig;
import io.diskwright.core.config.PoolKeys;
import io.diskwright.core.discovery.LoadedProvider;
import io.diskwright.core.event.Events;
import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.event.PoolListener;
import io.diskwright.core.event.Span;
import io.diskwright.core.export.BaseExport;
import io.diskwright.core.export.FallbackCommand;
import io.diskwright.core.export.FallbackHost;
import io.diskwright.core.fill.FillLimits;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.lock.ObservedLocks;
import io.diskwright.core.provision.Disk;
import io.diskwright.core.provision.ImageSources;
import io.diskwright.core.provision.OpenPool;
import io.diskwright.core.provision.Provisioner;
import io.diskwright.core.provision.Sizing;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.ImageBackendProvider;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.backend.Snapshot;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.backend.Snapshots;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.NotFoundException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import io.diskwright.toolkit.process.CageSupport;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An opened pool: what can be done with the disks and bases that are there. Any thread.
 *
 * <p>Each change holds the disk's or base's lock. Closed with its {@link Diskwright}.
 */
public final class Pool {
  private final OpenPool pool;
  private final ImageBackend backend;
  private final Provisioner provisioner;
  private final BaseEvictor evictor;
  private final PrunePolicy prunePolicy;

  private Pool(OpenPool pool, ImageSources sources, PrunePolicy prunePolicy) {
    this.pool = pool;
    this.prunePolicy = prunePolicy;
    this.backend = pool.backend();
    this.evictor = new BaseEvictor(pool);
    this.provisioner = new Provisioner(pool, sources);
  }

  static Pool open(
      PoolConfig config,
      LoadedProvider<ImageBackendProvider> loaded,
      ImageSources sources,
      PoolListener listener)
      throws DiskException {
    Settings common = config.common();
    FillLimits limits =
        new FillLimits(
            common.get(PoolKeys.CONVERSION_DEADLINE),
            common.get(PoolKeys.STALL_TIMEOUT),
            Math.toIntExact(common.get(PoolKeys.FILLS_AT_ONCE)),
            common.find(PoolKeys.FILL_BANDWIDTH),
            common.get(PoolKeys.REQUIRE_CAGE),
            common.get(PoolKeys.EXPANSION_LIMIT));
    ImageBackend backend =
        Guard.open(
            loaded,
            new HostPoolContext(
                config.name(), config.settings(), limits.stall(), common.get(PoolKeys.KEEP_FREE)));
    Events events = new Events(config.name(), listener);
    OpenPool pool =
        new OpenPool(
            config.name(),
            backend,
            new ObservedLocks(backend.locks(), events),
            rules(common),
            limits,
            spoolFolder(common, backend),
            common.get(PoolKeys.NEVER_DOWNLOAD),
            new FallbackCommand(common.get(PoolKeys.FALLBACK_COMMAND), limits.stall()),
            common.get(PoolKeys.BASE_CHECKSUMS),
            events);
    return new Pool(pool, sources, prunePolicy(common));
  }

  static InspectionRules rules(Settings common) {
    return new InspectionRules(
        new LinkedHashSet<>(common.get(PoolKeys.IMAGE_FORMATS)),
        common.get(PoolKeys.VIRTUAL_SIZE_LIMIT));
  }

  private static Path spoolFolder(Settings common, ImageBackend backend) {
    return common
        .find(PoolKeys.SPOOL_FOLDER)
        .or(backend::spoolFolder)
        .orElseGet(() -> Path.of("/var/tmp"));
  }

  private static PrunePolicy prunePolicy(Settings common) {
    Optional<Long> maxSize = common.find(PoolKeys.PRUNE_MAX_SIZE);
    return new PrunePolicy(
        common.get(PoolKeys.PRUNE_UNUSED_FOR),
        maxSize.map(OptionalLong::of).orElseGet(OptionalLong::empty),
        common.get(PoolKeys.PRUNE_MIN_AGE));
  }

  Provisioner provisioner() {
    return provisioner;
  }

  void close() throws DiskException {
    backend.close();
  }

  /** Returns the pool's name. */
  public PoolName name() {
    return pool.name();
  }

  /** Returns what the pool's marker says. */
  public PoolIdentity identity() {
    return backend.identity();
  }

  /**
   * Returns how full the pool's storage is.
   *
   * @throws DiskException when it could not be asked
   */
  public PoolUsage usage(Call call) throws DiskException {
    return backend.usage(call);
  }

  /**
   * Looks whether everything that the pool needs is there.
   *
   * @throws DiskException only when it could not be looked at all
   */
  public List<Finding> check(Call call) throws DiskException {
    List<Finding> findings = new ArrayList<>(backend.check(call));
    findings.addAll(CageSupport.ofHost().findings());
    return findings;
  }

  /**
   * Finds a disk.
   *
   * @throws DiskException when it could not be asked
   */
  public Optional<Disk> find(DiskName name, Call call) throws DiskException {
    Optional<DiskRecord> record = backend.find(name, call);
    try {
      return record.isEmpty()
          ? Optional.empty()
          : Optional.of(new Disk(name(), record.get(), backend.attachment(record.get(), call)));
    } catch (NotFoundException e) { // somebody has deleted it in the meantime
      return Optional.empty();
    }
  }

  /**
   * Lists the disks, by name.
   *
   * @throws DiskException when it could not be asked
   */
  public List<DiskRecord> disks(Call call) throws DiskException {
    return backend.list(call);
  }

  /**
   * Grows a disk.
   *
   * @param name the disk
   * @param size the new size in bytes, a positive multiple of 512
   * @return the disk as it is now, and what a running machine must be told
   * @throws DiskException with reason {@code NOT_FOUND}, {@code INVALID_REQUEST} when {@code size}
   *     is no size or smaller than the disk, {@code NO_SPACE}
   */
  public Resized resize(DiskName name, long size, Call call) throws DiskException {
    Sizing.requireValid(pool, name.value(), size);
    return locked(name, LockMode.EXCLUSIVE, call, () -> backend.resize(name, size, call));
  }

  /**
   * Deletes a disk; deleting what is not there succeeds.
   *
   * @return whether it was there
   * @throws DiskException with reason {@code IN_USE} or {@code HAS_DEPENDENTS}
   */
  public boolean delete(DiskName name, Call call) throws DiskException {
    return locked(name, LockMode.EXCLUSIVE, call, () -> backend.delete(name, call));
  }

  /**
   * Makes a disk depend on no base any more.
   *
   * @return whether there was anything to do
   * @throws DiskException with reason {@code NOT_FOUND}, {@code IN_USE}, {@code UNSUPPORTED},
   *     {@code NO_SPACE}
   */
  public boolean flatten(DiskName name, Call call) throws DiskException {
    Flattening flattening = require(Flattening.class, "flatten disk", name);
    return locked(name, LockMode.EXCLUSIVE, call, () -> flattening.flatten(name, call));
  }

  /**
   * Writes a disk's content to a new file that depends on nothing.
   *
   * @param format raw or qcow2
   * @param target the file, which must not be there
   * @throws DiskException with reason {@code NOT_FOUND}, {@code IN_USE}, {@code UNSUPPORTED},
   *     {@code ALREADY_EXISTS} (the file), {@code NO_SPACE}
   */
  public void extract(DiskName name, DiskFormat format, Path target, Call call)
      throws DiskException {
    Extraction extraction = require(Extraction.class, "extract disk", name);
    boolean unused =
        locked(
            name,
            LockMode.SHARED,
            call,
            () -> {
              extraction.extract(name, format, target, call);
              return true;
            });
  }

  /**
   * Keeps a disk's state under a name.
   *
   * @throws DiskException with reason {@code NOT_FOUND}, {@code ALREADY_EXISTS}, {@code IN_USE},
   *     {@code UNSUPPORTED}, {@code NO_SPACE}
   */
  public Snapshot createSnapshot(DiskName disk, SnapshotName name, Call call) throws DiskException {
    Snapshots snapshots = require(Snapshots.class, "create snapshot", disk);
    return locked(disk, LockMode.EXCLUSIVE, call, () -> snapshots.create(disk, name, call));
  }

  /**
   * Lists a disk's snapshots, oldest first.
   *
   * @throws DiskException with reason {@code NOT_FOUND} or {@code UNSUPPORTED}
   */
  public List<Snapshot> snapshots(DiskName disk, Call call) throws DiskException {
    return require(Snapshots.class, "list snapshots", disk).list(disk, call);
  }

  /**
   * Makes a disk what it was when a snapshot was made.
   *
   * @throws DiskException with reason {@code NOT_FOUND}, {@code IN_USE} or {@code UNSUPPORTED}
   */
  public void rollback(DiskName disk, SnapshotName name, Call call) throws DiskException {
    Snapshots snapshots = require(Snapshots.class, "roll back to snapshot", disk);
    boolean unused =
        locked(
            disk,
            LockMode.EXCLUSIVE,
            call,
            () -> {
              snapshots.rollback(disk, name, call);
              return true;
            });
  }

  /**
   * Removes a snapshot; removing what is not there succeeds.
   *
   * @return whether it was there
   * @throws DiskException with reason {@code NOT_FOUND} (the disk), {@code IN_USE} or {@code
   *     UNSUPPORTED}
   */
  public boolean removeSnapshot(DiskName disk, SnapshotName name, Call call) throws DiskException {
    Snapshots snapshots = require(Snapshots.class, "remove snapshot", disk);
    return locked(disk, LockMode.EXCLUSIVE, call, () -> snapshots.remove(disk, name, call));
  }

  /**
   * Fills an image's base ahead of use, or finds it.
   *
   * @throws DiskException as {@link Diskwright#provision} does
   */
  public BaseRecord pull(ImageRequest image, Call call) throws DiskException {
    return provisioner.pull(image, Optional.empty(), call);
  }

  /**
   * Fills an image's base ahead of use, or finds it; from another host's cache when the image is
   * gone from its source.
   *
   * @throws DiskException as {@link Diskwright#provision} does
   */
  public BaseRecord pull(ImageRequest image, FallbackHost fallback, Call call)
      throws DiskException {
    return provisioner.pull(image, Optional.of(fallback), call);
  }

  /**
   * Writes a base for another host, which reads it as that of a fallback host. It takes no lock: a
   * base that is evicted meanwhile ends it, unless the storage keeps what is open.
   *
   * @param base the base
   * @param target takes what is written; is flushed, not closed
   * @throws DiskException with reason {@code NOT_FOUND}, {@code CORRUPT} when it does not read as
   *     it did when it was published, {@code IO_ERROR} when what is written is not taken; what was
   *     written is not whole then, and told from a whole one by who reads it
   */
  public void export(BaseRecord base, OutputStream target, Call call) throws DiskException {
    try (Content content = backend.openBase(base, call)) {
      new BaseExport(name(), base, content, target, call).run();
    }
  }

  /**
   * Lists the bases, oldest first.
   *
   * @throws DiskException when it could not be asked
   */
  public List<BaseRecord> bases(Call call) throws DiskException {
    return backend.bases(call);
  }

  /**
   * Lists the disks that depend on a base.
   *
   * @throws DiskException when it could not be asked
   */
  public List<DiskName> users(BaseKey key, Call call) throws DiskException {
    return backend.users(key, call);
  }

  /**
   * Takes a base out of the cache.
   *
   * @return what became of it
   * @throws DiskException with reason {@code HAS_DEPENDENTS}, which names the disks
   */
  public Eviction evict(BaseKey key, Call call) throws DiskException {
    return evictor.evict(key, call);
  }

  /**
   * Tells of every base how much it takes up, when it was last used and by which disks, oldest
   * first.
   *
   * @throws DiskException when it could not be asked
   */
  public List<BaseUsage> baseUsage(Call call) throws DiskException {
    return backend.baseUsage(call);
  }

  /**
   * Reads a base again and compares it with what was published; zeros cost nothing, and nobody
   * waits for it.
   *
   * @return what was found, also when the base cannot be read
   * @throws DiskException when the pool does not answer, or the call was ended
   */
  public Verification verify(BaseRecord base, Call call) throws DiskException {
    return new BaseVerifier(backend).verify(base, call);
  }

  /**
   * Keeps a base from being pruned, or lets it be. It can still be evicted.
   *
   * @throws DiskException with reason {@code NOT_FOUND}
   */
  public void pin(BaseKey key, boolean pinned, Call call) throws DiskException {
    LockKey lock = new LockKey(LockKey.Scope.BASE, key.value());
    boolean unused =
        locked(
            lock,
            LockMode.EXCLUSIVE,
            call,
            () -> {
              backend.pin(key, pinned, call);
              return true;
            });
  }

  /** Returns what the configuration says of pruning. */
  public PrunePolicy prunePolicy() {
    return prunePolicy;
  }

  /**
   * Sweeps, and then lets go of the bases that a policy chooses. A base that some call is using
   * stays.
   *
   * @return which have gone, and why the others have not
   * @throws DiskException when it fails in between; then each base is gone or there, none half
   */
  public Pruned prune(PrunePolicy policy, Call call) throws DiskException {
    Recovery unused = recover(call);
    return evictor.prune(policy, call);
  }

  /**
   * Says what {@link #prune} would do; changes and locks nothing.
   *
   * @throws DiskException when it could not be asked
   */
  public Pruned planPrune(PrunePolicy policy, Call call) throws DiskException {
    return evictor.plan(policy, call);
  }

  /**
   * Sweeps what calls left behind that were killed; may run while others use the pool.
   *
   * @return what was swept, restored and kept
   * @throws DiskException when it could not be looked for
   */
  public Recovery recover(Call call) throws DiskException {
    Span span = pool.events().begin(Kind.SWEEP, name().value());
    try {
      Recovery recovery = backend.recover(call);
      int swept = recovery.swept().size();
      int restored = recovery.restored().size();
      span.count(swept + restored);
      span.describe("", 0, swept + " swept, " + restored + " restored");
      span.succeeded();
      return recovery;
    } catch (Throwable e) {
      span.failed(e);
      throw e;
    }
  }

  /**
   * Something that is done while a lock is held.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  private interface Work<T> {
    T run() throws DiskException;
  }

  private <T> T locked(DiskName name, LockMode mode, Call call, Work<T> work) throws DiskException {
    return locked(new LockKey(LockKey.Scope.DISK, name.value()), mode, call, work);
  }

  @SuppressWarnings("try") // the lease is held, not used
  private <T> T locked(LockKey key, LockMode mode, Call call, Work<T> work) throws DiskException {
    try (Lease lease = pool.locks().acquire(key, mode, call)) {
      return work.run();
    }
  }

  private <F extends Facet> F require(Class<F> type, String tried, DiskName name)
      throws DiskException {
    return backend
        .facet(type)
        .orElseThrow(
            () ->
                DiskException.of(Reason.UNSUPPORTED, tried)
                    .pool(name().value())
                    .resource(name.value())
                    .said("the pool's backend does not offer it")
                    .remedy("use a pool whose backend does; see: diskwright backend list")
                    .build());
  }
}
