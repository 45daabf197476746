package io.diskwright.backend.rbd;

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
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.backend.Way;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Sizes;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.Location;
import io.diskwright.spi.lock.LockManager;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A pool on Ceph; any thread. */
final class RbdBackend implements ImageBackend {
  private final RbdPool pool;
  private final RbdBases bases;
  private final RbdDisks disks;
  private final RbdCloning cloning;
  private final List<Facet> facets;

  RbdBackend(RbdPool pool) {
    this.pool = pool;
    this.bases = new RbdBases(pool);
    this.disks = new RbdDisks(pool, bases);
    this.cloning = new RbdCloning(pool, disks);
    this.facets =
        List.of(
            cloning,
            new RbdFlattening(pool, disks),
            new RbdSnapshots(pool, disks),
            new RbdExtraction(pool, disks));
  }

  private RbdPool pool() {
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
  public Answer supportsClone(Image image, Location location, Call call) throws DiskException {
    return pool().run("ask for clone", location, call, gate -> cloning.supports(image, location));
  }

  @Override
  public Optional<BaseRecord> findBase(BaseKey key, Call call) throws DiskException {
    return pool().run("find base", key, call, gate -> bases.find(key));
  }

  @Override
  public BaseRecord cache(BaseRequest request, Fill fill, Call call) throws DiskException {
    return pool().run("fill base", request.key(), () -> bases.findOrFill(request, fill, call));
  }

  @Override
  public List<Way> ways() {
    pool();
    return List.of(new Way("clone", Answer.ofYes()));
  }

  @Override
  public Created createImage(DiskRequest request, BaseRecord base, Call call) throws DiskException {
    return pool().run("create disk", request.name(), call, gate -> disks.make(request, base, gate));
  }

  @Override
  public Created createBlank(DiskRequest request, Call call) throws DiskException {
    return pool().run("create disk", request.name(), call, gate -> disks.makeBlank(request, gate));
  }

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
    return pool().run("resize disk", name, call, gate -> disks.resize(name, size, gate));
  }

  @Override
  public Optional<DiskRecord> find(DiskName name, Call call) throws DiskException {
    return pool()
        .run("find disk", name, call, gate -> disks.find(name).map(RbdDisks.Found::record));
  }

  @Override
  public List<DiskRecord> list(Call call) throws DiskException {
    return pool().run("list disks", pool.settings().pool(), call, gate -> disks.list());
  }

  @Override
  public boolean delete(DiskName name, Call call) throws DiskException {
    return pool().run("delete disk", name, call, gate -> disks.delete(name, gate));
  }

  @Override
  public Attachment attachment(DiskRecord disk, Call call) throws DiskException {
    return pool()
        .run(
            "attach disk",
            disk.name(),
            call,
            gate ->
                RbdAttachment.of(
                    pool.settings(), pool.connection().monitors(), RbdDisks.image(disk).image()));
  }

  @Override
  public List<BaseRecord> bases(Call call) throws DiskException {
    return pool().run("list bases", pool.settings().pool(), call, gate -> bases.list());
  }

  @Override
  public List<DiskName> users(BaseKey key, Call call) throws DiskException {
    return pool().run("list users of base", key, call, gate -> bases.users(key));
  }

  @Override
  public Eviction evict(BaseKey key, Call call) throws DiskException {
    return pool().run("evict base", key, call, gate -> bases.evict(key, gate));
  }

  @Override
  public List<BaseUsage> baseUsage(Call call) throws DiskException {
    return pool().run("list bases", pool.settings().pool(), call, bases::usage);
  }

  @Override
  public void pin(BaseKey key, boolean pinned, Call call) throws DiskException {
    boolean unused =
        pool()
            .run(
                "pin base",
                key,
                call,
                gate -> {
                  gate.commit();
                  bases.pin(key, pinned);
                  return true;
                });
  }

  @Override
  public BaseRecord reverified(BaseRecord base, FillProof proof, Call call) throws DiskException {
    return pool()
        .run(
            "verify base",
            base.key(),
            call,
            gate -> {
              gate.commit();
              return bases.reverified(base, proof);
            });
  }

  @Override
  public Content openBase(BaseRecord base, Call call) throws DiskException {
    return pool()
        .run("read base", base.key(), call, gate -> bases.open(base, call), RbdContent::discard);
  }

  @Override
  public Recovery recover(Call call) throws DiskException {
    return pool()
        .run("recover", pool.settings().pool(), call, gate -> new RbdSweep(pool, gate).run());
  }

  @Override
  public PoolUsage usage(Call call) throws DiskException {
    return pool().run("ask for free space", pool.settings().pool(), call, gate -> pool.usage());
  }

  @Override
  public List<Finding> check(Call call) throws DiskException {
    return pool()
        .run("check pool", pool.settings().pool(), call, gate -> new RbdCheck(pool).run(gate));
  }

  @Override
  public <F extends Facet> Optional<F> facet(Class<F> type) {
    pool();
    return facets.stream().flatMap(facet -> cast(type, facet)).findFirst();
  }

  private static <F extends Facet> Stream<F> cast(Class<F> type, Facet facet) {
    return type.isInstance(facet) ? Stream.of(type.cast(facet)) : Stream.empty();
  }

  @Override
  public void close() {
    pool.close();
  }
}
