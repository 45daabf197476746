package io.diskwright.toolkit.pool;

import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Bases that are files, for a backend whose disks are something else and depend on none of them;
 * any thread. Every call throws {@link DiskException}s, or what the file system said.
 */
public final class BaseFolder implements AutoCloseable {
  private final FilePool pool;
  private final FileBases bases;

  private BaseFolder(FilePool pool) {
    this.pool = pool;
    this.bases = new FileBases(pool, disk -> Optional.empty());
  }

  /**
   * Opens a folder of bases, and makes one of an empty folder, or of a missing one whose parent is
   * there.
   *
   * @param context the pool's name, and how much its storage keeps free
   * @param folder the folder
   * @param backend the id of the backend that opens it
   * @throws DiskException as {@link FilePool#open} does
   */
  public static BaseFolder open(PoolContext context, Path folder, String backend)
      throws DiskException {
    Settings settings = Settings.builder().put(FilePoolKeys.PATH, folder).build();
    return new BaseFolder(FilePool.open(context, settings, backend));
  }

  /** Returns the folder, absolute. */
  public Path path() {
    return pool.folder();
  }

  /** Finds a base. */
  public Optional<BaseRecord> find(BaseKey key) throws IOException {
    return run("find base", key, () -> bases.find(key));
  }

  /** Finds a base, or fills and publishes it. */
  public BaseRecord findOrFill(BaseRequest request, Fill fill, Call call) throws IOException {
    return run("fill base", request.key(), () -> bases.findOrFill(request, fill, call));
  }

  /** Opens just this base's bytes; the caller closes them. */
  public Content open(BaseRecord base) throws IOException {
    return run("read base", base.key(), () -> bases.open(base));
  }

  /** Notes that a base is used now. */
  public void markUsed(BaseRecord base) throws IOException {
    boolean unused =
        run(
            "use base",
            base.key(),
            () -> {
              bases.markUsed(base);
              return true;
            });
  }

  /** Lists the bases, oldest first. */
  public List<BaseRecord> list() throws IOException {
    return run("list bases", path(), bases::list);
  }

  /** Tells what each base costs, oldest first. */
  public List<BaseUsage> usage(Call call) throws IOException {
    return run("list bases", path(), () -> bases.usage(call));
  }

  /** Lets go of bases; nobody needs them. */
  public Map<BaseKey, Eviction> evictAll(Set<BaseKey> keys, Call call) throws IOException {
    return run("evict bases", path(), () -> bases.evictAll(keys, call));
  }

  /** Pins a base, or lets go of it. */
  public void pin(BaseKey key, boolean pinned) throws IOException {
    boolean unused =
        run(
            "pin base",
            key,
            () -> {
              bases.pin(key, pinned);
              return true;
            });
  }

  /** Notes that just this base was read again, and what was found. */
  public BaseRecord reverified(BaseRecord base, FillProof proof) throws IOException {
    return run("verify base", base.key(), () -> bases.reverified(base, proof));
  }

  /** Sweeps what killed calls have left. */
  public Recovery recover(Call call) throws IOException {
    return run(
        "recover",
        path(),
        () -> new Recovery(pool.sweepBesides(), List.of(), List.of()).and(bases.recover(call)));
  }

  /** Looks whether the folder is as it must be; each finding says that it is of bases. */
  public List<Finding> check() throws IOException {
    return run("check folder", path(), pool::check).stream()
        .map(one -> new Finding(one.subject() + " of bases", one.answer(), one.note()))
        .toList();
  }

  private <T> T run(String tried, Object resource, FilePool.Work<T> work) throws DiskException {
    return pool.run(tried, resource, work);
  }

  @Override
  public void close() {
    pool.locks().close();
  }
}
