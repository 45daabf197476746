package io.diskwright.toolkit.pool;

import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskOrigin;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Sizes;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.Location;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.QemuImageLocks;
import io.diskwright.toolkit.qcow2.Qcow2FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A backend that keeps bases and disks as files of a {@link FilePool}; a subclass says how a disk
 * comes of a base, and how it grows. Any thread.
 */
public abstract class FileBackend implements ImageBackend {
  private static final Logger LOG = LoggerFactory.getLogger(FileBackend.class);

  private final FilePool pool;
  private final FileBases bases;
  private final DiskFormat diskFormat;
  private final AtomicBoolean closed = new AtomicBoolean();

  /**
   * Makes a backend of an opened pool.
   *
   * @param pool the pool, which nobody else uses
   * @param diskFormat the format of its disks
   */
  protected FileBackend(FilePool pool, DiskFormat diskFormat) {
    this.pool = pool;
    this.bases = new FileBases(pool, this::baseOf);
    this.diskFormat = diskFormat;
  }

  /**
   * How a disk's file was made.
   *
   * @param way the name of one of {@link #ways}
   * @param bytesMoved how many bytes were read and written
   */
  public record Made(String way, long bytesMoved) {}

  /** Writes the bytes of a new disk. */
  @FunctionalInterface
  private interface Maker {
    Made make(Attempt attempt) throws IOException;
  }

  /** Returns the pool. */
  protected final FilePool pool() {
    return pool;
  }

  /**
   * Makes a disk's file from a base's.
   *
   * @param attempt the attempt, whose file is empty; who copies into it reserves space first, with
   *     {@link FilePool#reserve}
   * @param request what is asked
   * @param base the base's record
   * @param baseFile the base's file
   * @param call deadline, cancellation, progress
   * @return how it was made
   * @throws IOException when it fails; the attempt is thrown away
   */
  protected abstract Made makeFromBase(
      Attempt attempt, DiskRequest request, BaseRecord base, Path baseFile, Call call)
      throws IOException;

  /**
   * Makes a disk's file that reads as zeros.
   *
   * @param file the attempt's file, empty
   * @param request what is asked
   * @param call deadline, cancellation, progress
   * @throws IOException when it fails; the attempt is thrown away
   */
  protected abstract void makeBlank(NativeFile file, DiskRequest request, Call call)
      throws IOException;

  /**
   * Returns the guest-visible size that a disk's file has now.
   *
   * @throws IOException when the file cannot be read, or is not of this backend's format
   */
  protected abstract long virtualSize(Path file, long length) throws IOException;

  /**
   * Grows a disk.
   *
   * @param disk the disk, smaller than {@code size}
   * @param size the new size in bytes
   * @param open whether a machine has the disk open
   * @param call deadline, cancellation, progress
   * @return what a machine that has it open must be told, or empty
   * @throws IOException when it fails; the disk is as before
   */
  protected abstract Optional<String> grow(StoredDisk disk, long size, boolean open, Call call)
      throws IOException;

  /**
   * Returns the base's file that a disk's file reads from, absolute; empty when it depends on none.
   *
   * @throws IOException when it cannot be told
   */
  protected abstract Optional<Path> baseOf(Path disk) throws IOException;

  /** Returns what else than the folder a check looks at. */
  protected abstract List<Finding> checkMore();

  @Override
  public final PoolIdentity identity() {
    requireOpen();
    return pool.identity();
  }

  @Override
  public final LockManager locks() {
    requireOpen();
    return pool.locks();
  }

  @Override
  public final Answer supportsClone(Image image, Location location) {
    requireOpen();
    return Answer.no(
        "a pool of files cannot clone from the location " + location.uri().getScheme() + ":");
  }

  @Override
  public final Answer verifyBaseSize(long virtualSize, long size) {
    requireOpen();
    return virtualSize <= size
        ? Answer.ofYes()
        : Answer.no(
            "the size %s (%d bytes) is smaller than the image's virtual size %s (%d bytes)"
                .formatted(Sizes.format(size), size, Sizes.format(virtualSize), virtualSize));
  }

  @Override
  public final Optional<BaseRecord> findBase(BaseKey key) throws DiskException {
    return run("find base", key, () -> bases.find(key));
  }

  @Override
  public final BaseRecord cache(BaseRequest request, Fill fill, Call call) throws DiskException {
    return run("fill base", request.key(), () -> bases.findOrFill(request, fill, call));
  }

  @Override
  public final Created createImage(DiskRequest request, BaseRecord base, Call call)
      throws DiskException {
    return run(
        "create disk",
        request.name(),
        () -> {
          Path baseFile = bases.file(base);
          return make(
              request,
              new DiskOrigin.FromBase(base.key()),
              attempt -> {
                Made made = makeFromBase(attempt, request, base, baseFile, call);
                bases.requireThere(base);
                bases.markUsed(base);
                return made;
              },
              call);
        });
  }

  @Override
  public final Created createBlank(DiskRequest request, Call call) throws DiskException {
    return run(
        "create disk",
        request.name(),
        () ->
            make(
                request,
                new DiskOrigin.Blank(),
                attempt -> {
                  makeBlank(attempt.file(), request, call);
                  return new Made("blank", 0);
                },
                call));
  }

  private Created make(DiskRequest request, DiskOrigin origin, Maker maker, Call call)
      throws IOException {
    String name = request.name().value();
    try (Attempt attempt = pool.disks().attempt(name, diskFormat)) {
      if (request.preallocate()) {
        pool.reserve(attempt, request.size(), call);
      }
      Made made = maker.make(attempt);
      if (request.preallocate()) {
        attempt.file().allocate(0, attempt.file().stat().size());
      }
      pool.dress(attempt, pool.diskMode());
      call.check("create disk");
      DiskRecord record = DiskRecord.of(request, Shelf.storageId(attempt), diskFormat, origin);
      if (pool.disks().publish(attempt, name, record.attributes(), pool.syncDisks())) {
        return new Created(record, made.way(), made.bytesMoved());
      }
    }
    throw DiskException.of(Reason.ALREADY_EXISTS, "create disk")
        .resource(name)
        .said("another call has made it in the meantime")
        .remedy("try again, to get that disk or to learn how it differs")
        .build();
  }

  @Override
  public final Resized resize(DiskName name, long size, Call call) throws DiskException {
    return run(
        "resize disk",
        name,
        () -> {
          StoredDisk disk = require(name);
          long now = disk.record().size();
          if (size < now) {
            throw DiskException.of(Reason.INVALID_REQUEST, "resize disk")
                .said(
                    "the size %d is smaller than the disk's %d, and shrinking would lose data"
                        .formatted(size, now))
                .remedy("ask for at least " + now)
                .build();
          }
          if (size == now) {
            return new Resized(disk.record(), Optional.empty());
          }
          Optional<String> machine = grow(disk, size, QemuImageLocks.isOpen(disk.path()), call);
          return new Resized(require(name).record(), machine);
        });
  }

  @Override
  public final Optional<DiskRecord> find(DiskName name) throws DiskException {
    return run("find disk", name, () -> stored(name).map(StoredDisk::record));
  }

  @Override
  public final List<DiskRecord> list() throws DiskException {
    return run(
        "list disks",
        pool.folder(),
        () -> {
          List<DiskRecord> records = new ArrayList<>();
          for (Stored stored : pool.disks().list()) {
            listed(stored).ifPresent(records::add);
          }
          records.sort(Comparator.comparing(disk -> disk.name().value()));
          return records;
        });
  }

  /** One disk that is damaged must not hide the others; asking for it says what is wrong. */
  private Optional<DiskRecord> listed(Stored stored) throws IOException {
    try {
      return pool.disks().look(stored, this::disk).map(StoredDisk::record);
    } catch (RecordFormatException | Qcow2FormatException e) {
      LOG.warn("left out of the list: {}: {}", stored.record(), e.getMessage());
      return Optional.empty();
    }
  }

  /** A damaged disk can be deleted like any other: what it holds is not looked at. */
  @Override
  public final boolean delete(DiskName name, Call call) throws DiskException {
    return run(
        "delete disk",
        name,
        () -> {
          Optional<Withdrawn> found = withdraw(name, call);
          if (found.isEmpty()) {
            return false;
          }
          try (Withdrawn withdrawn = found.get()) {
            finish(withdrawn);
            return true;
          }
        });
  }

  /** QEMU's locks are held until the disk is gone, so that no machine can open it meanwhile. */
  @SuppressWarnings("try") // the locks are held, not used
  private void finish(Withdrawn withdrawn) throws IOException {
    Optional<Path> file = withdrawn.data().filter(Files::exists);
    if (file.isEmpty()) {
      withdrawn.finish(pool.syncDisks());
      return;
    }
    try (QemuImageLocks locks =
        QemuImageLocks.take(file.get()).orElseThrow(() -> inUse("delete disk"))) {
      withdrawn.finish(pool.syncDisks());
    }
  }

  /** A disk whose deletion was killed is not there, but would come back when somebody sweeps. */
  private Optional<Withdrawn> withdraw(DiskName name, Call call) throws IOException {
    Optional<Withdrawn> found = pool.disks().withdraw(name.value());
    if (found.isPresent() || !pool.disks().hasAside(name.value())) {
      return found;
    }
    Recovery unused =
        new Sweep(pool.disks(), call)
            .run(file -> file.startsWith(name.value() + '.'), file -> false)
            .recovery();
    return pool.disks().withdraw(name.value());
  }

  @Override
  public final Attachment attachment(DiskName name) throws DiskException {
    return run(
        "attach disk",
        name,
        () -> {
          StoredDisk disk = require(name);
          return Attachment.file(disk.path(), disk.record().format());
        });
  }

  @Override
  public final List<BaseRecord> bases() throws DiskException {
    return run("list bases", pool.folder(), bases::list);
  }

  @Override
  public final List<DiskName> users(BaseKey key) throws DiskException {
    return run("list users of base", key, () -> bases.users(key));
  }

  @Override
  public final Eviction evict(BaseKey key, Call call) throws DiskException {
    return run("evict base", key, () -> bases.evict(key, call));
  }

  @Override
  public final Map<BaseKey, Eviction> evictAll(Set<BaseKey> keys, Call call) throws DiskException {
    return run("evict bases", pool.folder(), () -> bases.evictAll(keys, call));
  }

  @Override
  public final List<BaseUsage> baseUsage(Call call) throws DiskException {
    return run("list bases", pool.folder(), () -> bases.usage(call));
  }

  @Override
  public final void pin(BaseKey key, boolean pinned, Call call) throws DiskException {
    boolean unused =
        run(
            "pin base",
            key,
            () -> {
              bases.pin(key, pinned);
              return true;
            });
  }

  @Override
  public final Content openBase(BaseRecord base) throws DiskException {
    return run("read base", base.key(), () -> bases.open(base));
  }

  @Override
  public final Recovery recover(Call call) throws DiskException {
    return run(
        "recover",
        pool.folder(),
        () -> {
          Recovery disks =
              new Sweep(pool.disks(), call).run(name -> true, file -> false).recovery();
          Recovery fromBases = bases.recover(call);
          return new Recovery(
              both(pool.sweepBesides(), both(disks.swept(), fromBases.swept())),
              both(disks.restored(), fromBases.restored()),
              both(disks.kept(), fromBases.kept()));
        });
  }

  private static List<String> both(List<String> left, List<String> right) {
    return Stream.concat(left.stream(), right.stream()).toList();
  }

  @Override
  public final PoolUsage usage() throws DiskException {
    return run("ask for free space", pool.folder(), pool::usage);
  }

  @Override
  public final List<Finding> check(Call call) throws DiskException {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(run("check pool", pool.folder(), pool::check));
    findings.addAll(checkMore());
    return findings;
  }

  @Override
  public final void close() throws DiskException {
    if (closed.compareAndSet(false, true)) {
      pool.locks().close();
    }
  }

  /**
   * Returns a disk.
   *
   * @throws DiskException with reason {@code NOT_FOUND} when there is none
   */
  protected final StoredDisk require(DiskName name) throws IOException {
    return stored(name)
        .orElseThrow(
            () ->
                DiskException.of(Reason.NOT_FOUND, "find disk")
                    .resource(name.value())
                    .pool(pool.name())
                    .said("there is no such disk")
                    .remedy("list the pool's disks to see which there are")
                    .build());
  }

  /**
   * Fails when a machine has a disk open.
   *
   * @param tried what is tried, as it would follow "cannot"
   * @throws DiskException with reason {@code IN_USE}
   */
  protected final void requireOffline(StoredDisk disk, String tried) throws IOException {
    if (QemuImageLocks.isOpen(disk.path())) {
      throw inUse(tried);
    }
  }

  private static DiskException inUse(String tried) {
    return DiskException.of(Reason.IN_USE, tried)
        .said("a machine has it open")
        .remedy("shut the machine down, or detach the disk from it, and try again")
        .build();
  }

  /** Does some work, unless the pool is closed, and says of what fails on what it was tried. */
  protected final <T> T run(String tried, Object resource, FilePool.Work<T> work)
      throws DiskException {
    requireOpen();
    return pool.run(tried, resource, work);
  }

  /**
   * Fails when the pool is closed.
   *
   * @throws IllegalStateException when it is
   */
  protected final void requireOpen() {
    if (closed.get()) {
      throw new IllegalStateException("pool (%s) is closed".formatted(pool.name()));
    }
  }

  private Optional<StoredDisk> stored(DiskName name) throws IOException {
    Optional<Stored> stored = pool.disks().find(name.value());
    return stored.isEmpty() ? Optional.empty() : pool.disks().look(stored.get(), this::disk);
  }

  private StoredDisk disk(Stored stored) throws IOException {
    DiskRecord record = stored.read(DiskRecord::fromAttributes);
    long size = virtualSize(stored.data(), stored.stat().size());
    return new StoredDisk(record.withSize(size), stored.data());
  }
}
