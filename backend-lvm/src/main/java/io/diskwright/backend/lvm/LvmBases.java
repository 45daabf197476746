package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeNames;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bases of a pool: thin volumes that cannot be written, and that no disk depends on. */
final class LvmBases {
  private static final Logger LOG = LoggerFactory.getLogger(LvmBases.class);
  private static final String PINNED = "dw-pinned";

  /**
   * How much a base has taken up when it was filled; of a volume without a device lvm2 cannot tell.
   */
  private static final String ALLOCATED = "dw-allocated:";

  private final LvmPool pool;

  LvmBases(LvmPool pool) {
    this.pool = pool;
  }

  static String volumeName(BaseKey key) {
    return VolumeNames.of(Volumes.BASE, key.value());
  }

  Optional<BaseRecord> find(BaseKey key, Call call) throws IOException {
    Optional<Volume> volume = pool.recorded(volumeName(key), call);
    return volume.isEmpty() ? Optional.empty() : Optional.of(record(volume.get()));
  }

  private static BaseRecord record(Volume volume) throws LvmFormatException {
    return Records.read(volume, BaseRecord::fromAttributes);
  }

  BaseRecord findOrFill(BaseRequest request, Fill fill, Call call) throws IOException {
    Optional<BaseRecord> there = find(request.key(), call);
    if (there.isPresent()) {
      return there.get();
    }
    try (Attempt attempt = pool.attempt(call)) {
      pool.requireRoom(call);
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
    FillProof proof;
    try (ThinSink sink =
        ThinSink.open(attempt, pool.group().device(name), request.length(), pool.zeroes())) {
      proof = fill.into(sink);
    }
    Volume volume =
        pool.volume(name, call)
            .orElseThrow(
                () ->
                    DiskException.of(Reason.UNAVAILABLE, "fill base")
                        .said("somebody has removed its volume " + name)
                        .remedy("try again")
                        .build());
    BaseRecord record = BaseRecord.of(request, volume.uuid(), proof);
    List<String> sealed = new ArrayList<>(Records.tags(record.attributes()));
    sealed.add(ALLOCATED + LvmPool.allocated(volume));
    pool.group().deactivate(name, call);
    pool.group().seal(name, sealed, call);
    return record;
  }

  /** When the name is taken, another was faster, and this one is thrown away. */
  private boolean publish(Attempt attempt, String name, Call call) throws DiskException {
    try {
      pool.group().rename(attempt.scratch(), name, call);
    } catch (DiskException e) {
      LvmPool.requireRefused(e);
      Optional<Volume> published = pool.volume(name, call);
      if (published.isEmpty()) {
        throw e;
      }
      if (!attempt.made(published.get())) {
        return false;
      }
    }
    attempt.finished();
    return true;
  }

  /** Lists them, oldest first; one that is damaged does not hide the others. */
  List<BaseRecord> list(Call call) throws IOException {
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

  /** Tells what each base costs, oldest first. */
  List<BaseUsage> usage(Call call) throws IOException {
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

  /** Its disks live on. A damaged one can be evicted like any other. */
  Eviction evict(BaseKey key, Call call) throws IOException {
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

  void pin(BaseKey key, boolean pinned, Call call) throws IOException {
    Volume volume = pool.volume(volumeName(key), call).orElseThrow(() -> evicted(key));
    if (volume.tags().contains(PINNED) != pinned) {
      List<String> tag = List.of(PINNED);
      pool.group().retag(volume.name(), pinned ? List.of() : tag, pinned ? tag : List.of(), call);
    }
  }

  BaseRecord reverified(BaseRecord base, FillProof proof, Call call) throws IOException {
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

  /** Opens a base's bytes; its volume has a device from then on. */
  Content open(BaseRecord base, Call call) throws IOException {
    Volume volume = require(base, call);
    return VolumeContent.open(pool.device(volume, call), base.length(), "read base");
  }
}
