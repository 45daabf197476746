package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.Device;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeNames;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Bases as thin volumes that cannot be written; their disks are thin snapshots. */
final class ThinBases implements LvmBases {
  private static final Logger LOG = LoggerFactory.getLogger(ThinBases.class);
  private static final String PINNED = "dw-pinned";

  /**
   * How much a base has taken up when it was filled; of a volume without a device lvm2 cannot tell.
   */
  private static final String ALLOCATED = "dw-allocated:";

  private final LvmPool pool;
  private final ThinSpace space;

  ThinBases(LvmPool pool, ThinSpace space) {
    this.pool = pool;
    this.space = space;
  }

  @Override
  public Optional<Path> folder() {
    return Optional.empty();
  }

  static String volumeName(BaseKey key) {
    return VolumeNames.of(Volumes.BASE, key.value());
  }

  @Override
  public Optional<BaseRecord> find(BaseKey key, Call call) throws IOException {
    Optional<Volume> volume = pool.recorded(volumeName(key), call);
    return volume.isEmpty() ? Optional.empty() : Optional.of(record(volume.get()));
  }

  private static BaseRecord record(Volume volume) throws LvmFormatException {
    return Records.read(volume, BaseRecord::fromAttributes);
  }

  @Override
  public BaseRecord findOrFill(BaseRequest request, Fill fill, Call call) throws IOException {
    Optional<BaseRecord> there = find(request.key(), call);
    if (there.isPresent()) {
      return there.get();
    }
    try (Attempt attempt = pool.attempt(call)) {
      space.requireRoom(call);
      pool.requireSize(request.length(), "fill base");
      BaseRecord made = fill(attempt, request, fill, call);
      if (publish(attempt, volumeName(request.key()), call)) {
        return made;
      }
    }
    return find(request.key(), call)
        .orElseThrow(
            () ->
                DiskException.of(Reason.UNAVAILABLE, "fill base")
                    .said("another call has filled it, and then it was evicted")
                    .remedy("try again")
                    .build());
  }

  private BaseRecord fill(Attempt attempt, BaseRequest request, Fill fill, Call call)
      throws IOException {
    String name = attempt.scratch();
    List<String> tags = List.of(attempt.begins(name, 0));
    pool.group().createThin(name, pool.thinPool(), request.length(), tags, call);
    Path path = pool.group().device(name);
    FillProof proof;
    try (ThinSink sink = ThinSink.open(attempt, path, request.length(), space.zeroes())) {
      proof = fill.into(sink);
    }
    Device made = Device.read(path);
    BaseRecord record = BaseRecord.of(request, made.uuid(), proof);
    List<String> sealed = new ArrayList<>(Records.tags(record.attributes()));
    sealed.add(ALLOCATED + Device.allocated(path));
    pool.group().deactivate(name, call);
    pool.group().seal(name, sealed, call);
    return record;
  }

  /** When the name is taken, another was faster, and this one is thrown away. */
  private boolean publish(Attempt attempt, String name, Call call) throws DiskException {
    try {
      attempt.publish(name, call);
      return true;
    } catch (DiskException e) {
      LvmPool.requireRefused(e);
      if (pool.volume(name, call).isEmpty()) {
        throw e;
      }
      return false;
    }
  }

  @Override
  public List<BaseRecord> list(Call call) throws IOException {
    List<BaseRecord> records = new ArrayList<>();
    for (Volume volume : pool.recorded(call).in(pool.thinPool(), Volumes.BASE)) {
      tryRecord(volume).ifPresent(records::add);
    }
    records.sort(Comparator.comparing(BaseRecord::created));
    return records;
  }

  private static Optional<BaseRecord> tryRecord(Volume volume) {
    try {
      return Optional.of(record(volume));
    } catch (LvmFormatException e) {
      LOG.warn("left out of the list: {}", e.getMessage());
      return Optional.empty();
    }
  }

  @Override
  public List<BaseUsage> usage(Call call) throws IOException {
    List<BaseUsage> usage = new ArrayList<>();
    for (Volume volume : pool.volumes(call).in(pool.thinPool(), Volumes.BASE)) {
      Optional<BaseRecord> record = tryRecord(volume);
      if (record.isPresent()) {
        BaseRecord base = record.get();
        usage.add(
            new BaseUsage(
                base,
                allocated(volume),
                pool.folder().lastUsed(base.key().value()).orElse(base.created()),
                volume.tags().contains(PINNED),
                List.of()));
      }
    }
    usage.sort(Comparator.comparing(one -> one.base().created()));
    return usage;
  }

  private static long allocated(Volume volume) {
    return volume.tags().stream()
        .filter(tag -> tag.startsWith(ALLOCATED))
        .findFirst()
        .map(tag -> Long.parseLong(tag.substring(ALLOCATED.length())))
        .orElse(0L);
  }

  @Override
  public Eviction evict(BaseKey key, Call call) throws IOException {
    String name = volumeName(key);
    if (pool.volume(name, call).isEmpty()) {
      return Eviction.ABSENT;
    }
    try {
      pool.group().remove(name, call);
    } catch (DiskException e) {
      LvmPool.requireRefused(e);
      Optional<Volume> now = pool.volume(name, call);
      if (now.isEmpty()) {
        return Eviction.ABSENT; // another call was faster
      }
      throw now.get().open() ? inUse() : e;
    }
    pool.folder().forgetUse(key.value());
    return Eviction.REMOVED;
  }

  private static DiskException inUse() {
    return DiskException.of(Reason.IN_USE, "evict base")
        .said("somebody reads it")
        .remedy("try again when that has ended")
        .build();
  }

  @Override
  public void pin(BaseKey key, boolean pinned, Call call) throws IOException {
    Volume volume = pool.volume(volumeName(key), call).orElseThrow(() -> evicted(key));
    if (volume.tags().contains(PINNED) != pinned) {
      List<String> tag = List.of(PINNED);
      pool.group().retag(volume.name(), pinned ? List.of() : tag, pinned ? tag : List.of(), call);
    }
  }

  @Override
  public void markUsed(BaseRecord base) throws IOException {
    pool.folder().markUsed(base.key().value());
  }

  @Override
  public BaseRecord reverified(BaseRecord base, FillProof proof, Call call) throws IOException {
    Volume volume = require(base, call);
    BaseRecord now = base.with(proof);
    List<String> before = Records.tags(record(volume).attributes());
    List<String> after = Records.tags(now.attributes());
    pool.group()
        .retag(
            volume.name(),
            before.stream().filter(tag -> !after.contains(tag)).toList(),
            after.stream().filter(tag -> !before.contains(tag)).toList(),
            call);
    return now;
  }

  /** Returns the volume of just this base. */
  private Volume require(BaseRecord base, Call call) throws IOException {
    return pool.recorded(volumeName(base.key()), call)
        .filter(volume -> volume.uuid().equals(base.storageId()))
        .orElseThrow(() -> evicted(base.key()));
  }

  DiskException evicted(BaseKey key) {
    return DiskException.of(Reason.NOT_FOUND, "use base")
        .pool(pool.name())
        .resource(key.value())
        .said("it was evicted")
        .remedy("try again, so that it is cached again")
        .build();
  }

  /** Its volume has a device from then on. */
  @Override
  public Content open(BaseRecord base, Call call) throws IOException {
    Volume volume = require(base, call);
    return VolumeContent.open(pool.device(volume, call), base.length(), "read base");
  }

  /** They are volumes like others. */
  @Override
  public Recovery recover(Call call) {
    return new Recovery(List.of(), List.of(), List.of());
  }

  /** Their space and their folder are the pool's. */
  @Override
  public List<Finding> check() {
    return List.of();
  }

  @Override
  public void close() {}
}
