package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.LvmDisks.Found;
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
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.backend.Preallocation;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.backend.Way;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Sizes;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.InUseException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.Location;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.toolkit.pool.BaseFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A pool on LVM; any thread. */
final class LvmBackend implements ImageBackend {
  private final LvmPool pool;
  private final LvmBases bases;
  private final LvmDisks disks;
  private final Way way;
  private final List<Facet> facets;

  private LvmBackend(
      LvmPool pool, LvmBases bases, LvmDisks disks, String way, List<Facet> moreFacets) {
    this.pool = pool;
    this.bases = bases;
    this.disks = disks;
    this.way = new Way(way, Answer.ofYes());
    Flattening flattening =
        (name, call) -> pool.run("flatten disk", name, () -> isToFlatten(name, call));
    List<Facet> all = new ArrayList<>(List.of(new LvmExtraction(pool, disks), flattening));
    all.addAll(moreFacets);
    this.facets = List.copyOf(all);
  }

  /** Returns a backend whose disks are thin snapshots of bases. */
  static LvmBackend thin(LvmPool pool, ThinSpace space) {
    ThinBases bases = new ThinBases(pool, space);
    ThinDisks disks = new ThinDisks(pool, space, bases);
    return new LvmBackend(
        pool, bases, disks, "snapshot", List.of(new ThinSnapshots(pool, space, disks)));
  }

  /** Returns a backend whose disks are copies of bases. */
  static LvmBackend linear(LvmPool pool, LinearSpace space, BaseFolder folder) {
    LinearBases bases = new LinearBases(folder);
    Preallocation preallocation =
        () -> {
          pool.requireOpen();
          return Answer.ofYes(); // a linear volume has all its space from the start
        };
    return new LvmBackend(
        pool, bases, new LinearDisks(pool, space, bases), "copy", List.of(preallocation));
  }

  /** A disk lives on without its base, as a thin snapshot or as a copy. */
  private boolean isToFlatten(DiskName name, Call call) throws IOException {
    Found unused = disks.require(name, call);
    return false;
  }

  private LvmPool pool() {
    pool.requireOpen();
    return pool;
  }

  @Override
  public PoolIdentity identity() {
    return pool().identity();
  }

  @Override
  public LockManager locks() {
    return pool().locks();
  }

  @Override
  public List<DiskFormat> baseFormats() {
    pool();
    return List.of(DiskFormat.RAW);
  }

  @Override
  public Optional<Path> spoolFolder() {
    pool();
    return bases.folder();
  }

  @Override
  public Answer supportsClone(Image image, Location location, Call call) {
    pool();
    return Answer.no("LVM cannot clone from the location " + location.uri().getScheme() + ":");
  }

  @Override
  public Optional<BaseRecord> findBase(BaseKey key, Call call) throws DiskException {
    return pool.run("find base", key, () -> bases.find(key, call));
  }

  @Override
  public BaseRecord cache(BaseRequest request, Fill fill, Call call) throws DiskException {
    return pool.run("fill base", request.key(), () -> bases.findOrFill(request, fill, call));
  }

  @Override
  public List<Way> ways() {
    pool();
    return List.of(way);
  }

  @Override
  public Created createImage(DiskRequest request, BaseRecord base, Call call) throws DiskException {
    return pool.run("create disk", request.name(), () -> disks.make(request, base, call));
  }

  @Override
  public Created createBlank(DiskRequest request, Call call) throws DiskException {
    return pool.run("create disk", request.name(), () -> disks.makeBlank(request, call));
  }

  /** Compares what was asked for, and not what LVM makes of it: whole extents. */
  @Override
  public Answer verifyBaseSize(long virtualSize, long size) {
    pool();
    return virtualSize <= size
        ? Answer.ofYes()
        : Answer.no(
            "the size %s (%d bytes) is smaller than the image's virtual size %s (%d bytes)"
                .formatted(Sizes.format(size), size, Sizes.format(virtualSize), virtualSize));
  }

  @Override
  public Resized resize(DiskName name, long size, Call call) throws DiskException {
    return pool.run("resize disk", name, () -> disks.resize(name, size, call));
  }

  @Override
  public Optional<DiskRecord> find(DiskName name, Call call) throws DiskException {
    return pool.run("find disk", name, () -> disks.find(name, call));
  }

  @Override
  public List<DiskRecord> list(Call call) throws DiskException {
    return pool.run("list disks", pool.place(), () -> disks.list(call));
  }

  @Override
  public boolean delete(DiskName name, Call call) throws DiskException {
    return pool.run("delete disk", name, () -> disks.delete(name, call));
  }

  @Override
  public Attachment attachment(DiskRecord disk, Call call) throws DiskException {
    return pool.run("attach disk", disk.name(), () -> disks.attachment(disk, call));
  }

  @Override
  public List<BaseRecord> bases(Call call) throws DiskException {
    return pool.run("list bases", pool.place(), () -> bases.list(call));
  }

  /** Disks live on without their base. */
  @Override
  public List<DiskName> users(BaseKey key, Call call) {
    pool();
    return List.of();
  }

  @Override
  public Eviction evict(BaseKey key, Call call) throws DiskException {
    return pool.run("evict base", key, () -> bases.evict(key, call));
  }

  @Override
  public Map<BaseKey, Eviction> evictAll(Set<BaseKey> keys, Call call) throws DiskException {
    Map<BaseKey, Eviction> became = new HashMap<>();
    for (BaseKey key : keys) {
      try {
        became.put(key, evict(key, call));
      } catch (InUseException e) { // somebody reads it
        became.put(key, Eviction.IN_USE);
      }
    }
    return became;
  }

  @Override
  public List<BaseUsage> baseUsage(Call call) throws DiskException {
    return pool.run("list bases", pool.place(), () -> bases.usage(call));
  }

  @Override
  public void pin(BaseKey key, boolean pinned, Call call) throws DiskException {
    boolean unused =
        pool.run(
            "pin base",
            key,
            () -> {
              bases.pin(key, pinned, call);
              return true;
            });
  }

  @Override
  public BaseRecord reverified(BaseRecord base, FillProof proof, Call call) throws DiskException {
    return pool.run("verify base", base.key(), () -> bases.reverified(base, proof, call));
  }

  @Override
  public Content openBase(BaseRecord base, Call call) throws DiskException {
    return pool.run("read base", base.key(), () -> bases.open(base, call));
  }

  @Override
  public Recovery recover(Call call) throws DiskException {
    return pool.run(
        "recover",
        pool.place(),
        () ->
            new Sweep(pool, call)
                .recover()
                .and(bases.recover(call))
                .and(new Sweep(pool, call).wipe()));
  }

  @Override
  public PoolUsage usage(Call call) throws DiskException {
    return pool.run("ask for free space", pool.place(), () -> pool.usage(call));
  }

  @Override
  public List<Finding> check(Call call) throws DiskException {
    return pool.run("check pool", pool.place(), () -> LvmCheck.of(pool, bases, call));
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    pool();
    return facets.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  @Override
  public void close() {
    bases.close();
    pool.close();
  }
}
