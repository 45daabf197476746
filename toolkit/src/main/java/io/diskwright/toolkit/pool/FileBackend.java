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
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Sizes;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.Location;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.process.ChildProcess;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A backend that keeps bases and disks as files of a {@link FilePool}; a subclass says how a disk
 * comes of a base, and how it grows. Any thread.
 */
public abstract class FileBackend implements ImageBackend {
  private final FilePool pool;
  private final FileBases bases;
  private final FileDisks disks;
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
    this.disks = new FileDisks(this, pool, bases, diskFormat);
  }

  /**
   * How a disk's file was made.
   *
   * @param way the name of one of {@link #ways}
   * @param bytesMoved how many bytes were read and written
   */
  public record Made(String way, long bytesMoved) {}

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
  public Optional<Path> spoolFolder() {
    return Optional.of(pool.folder());
  }

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
  public final Answer supportsClone(Image image, Location location, Call call) {
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
  public final Optional<BaseRecord> findBase(BaseKey key, Call call) throws DiskException {
    return run("find base", key, () -> bases.find(key));
  }

  @Override
  public final BaseRecord cache(BaseRequest request, Fill fill, Call call) throws DiskException {
    return run("fill base", request.key(), () -> bases.findOrFill(request, fill, call));
  }

  @Override
  public final Created createImage(DiskRequest request, BaseRecord base, Call call)
      throws DiskException {
    return run("create disk", request.name(), () -> disks.make(request, base, call));
  }

  @Override
  public final Created createBlank(DiskRequest request, Call call) throws DiskException {
    return run("create disk", request.name(), () -> disks.makeBlank(request, call));
  }

  @Override
  public final Resized resize(DiskName name, long size, Call call) throws DiskException {
    return run("resize disk", name, () -> disks.resize(name, size, call));
  }

  @Override
  public final Optional<DiskRecord> find(DiskName name, Call call) throws DiskException {
    return run("find disk", name, () -> disks.find(name).map(StoredDisk::record));
  }

  @Override
  public final List<DiskRecord> list(Call call) throws DiskException {
    return run("list disks", pool.folder(), disks::list);
  }

  /** A damaged disk can be deleted like any other: what it holds is not looked at. */
  @Override
  public final boolean delete(DiskName name, Call call) throws DiskException {
    return run("delete disk", name, () -> disks.delete(name, call));
  }

  @Override
  public final Attachment attachment(DiskRecord disk, Call call) throws DiskException {
    return run(
        "attach disk",
        disk.name(),
        () -> {
          StoredDisk stored = disks.require(disk.name());
          return Attachment.file(stored.path(), stored.record().format());
        });
  }

  @Override
  public final List<BaseRecord> bases(Call call) throws DiskException {
    return run("list bases", pool.folder(), bases::list);
  }

  @Override
  public final List<DiskName> users(BaseKey key, Call call) throws DiskException {
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
  public final BaseRecord reverified(BaseRecord base, FillProof proof, Call call)
      throws DiskException {
    return run("verify base", base.key(), () -> bases.reverified(base, proof));
  }

  @Override
  public final Content openBase(BaseRecord base, Call call) throws DiskException {
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
          Recovery besides = new Recovery(pool.sweepBesides(), List.of(), List.of());
          return besides.and(disks).and(bases.recover(call));
        });
  }

  @Override
  public final PoolUsage usage(Call call) throws DiskException {
    return run("ask for free space", pool.folder(), pool::usage);
  }

  @Override
  public final List<Finding> check(Call call) throws DiskException {
    List<Finding> findings = new ArrayList<>();
    findings.addAll(run("check pool", pool.folder(), pool::check));
    findings.add(new Finding("end of child processes", ChildProcess.endWithUs(), ""));
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
    return disks.require(name);
  }

  /**
   * Fails when a machine has a disk open.
   *
   * @param tried what is tried, as it would follow "cannot"
   * @throws DiskException with reason {@code IN_USE}
   */
  protected final void requireOffline(StoredDisk disk, String tried) throws IOException {
    disks.requireOffline(disk, tried);
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
}
