package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.Device;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskOrigin;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Disks as thin volumes: snapshots of a base, or new ones. */
final class ThinDisks extends LvmDisks {
  private final ThinSpace space;
  private final ThinBases bases;

  ThinDisks(LvmPool pool, ThinSpace space, ThinBases bases) {
    super(pool, bases);
    this.space = space;
    this.bases = bases;
  }

  /**
   * Two steps, as bare: a snapshot has the size of its origin, and is extended then; from there on
   * it is a disk. Core has found the base just now; one that came in its place since reads alike.
   */
  @Override
  Created make(DiskRequest request, BaseRecord base, Call call) throws IOException {
    String origin = ThinBases.volumeName(base.key());
    return make(
        request,
        new DiskOrigin.FromBase(base.key()),
        (volume, tags) -> {
          try {
            pool().group().createSnapshot(volume, origin, tags, true, call);
          } catch (DiskException e) {
            LvmPool.requireRefused(e);
            throw pool().volume(origin, call).isEmpty() ? bases.evicted(base.key()) : e;
          }
          markUsed(base);
          return "snapshot";
        },
        call);
  }

  @Override
  Created makeBlank(DiskRequest request, Call call) throws IOException {
    return make(
        request,
        new DiskOrigin.Blank(),
        (volume, tags) -> {
          pool().group().createThin(volume, pool().thinPool(), request.size(), tags, call);
          return "blank";
        },
        call);
  }

  /** Makes a volume, and returns by which way. */
  @FunctionalInterface
  private interface Making {
    String make(String volume, List<String> tags) throws IOException;
  }

  private Created make(DiskRequest request, DiskOrigin origin, Making making, Call call)
      throws IOException {
    requireMakeable(request);
    String volume = Volumes.nameOf(request.name());
    DiskRecord record = DiskRecord.of(request, "-", DiskFormat.RAW, origin);
    try (Attempt attempt = pool().attempt(call)) {
      space.requireRoom(call);
      List<String> tags = new ArrayList<>(Records.tags(record.attributes()));
      tags.add(attempt.begins(volume, request.size()));
      String way;
      try {
        way = making.make(volume, tags);
      } catch (DiskException e) {
        throw whyNotMade(volume, attempt, e, call);
      }
      Device device = Device.read(pool().group().device(volume));
      if (device.size() < request.size()) {
        pool().group().extend(volume, request.size(), call);
      }
      attempt.finished();
      return new Created(Records.of(record, device.uuid()), way, 0);
    }
  }

  @Override
  void grow(Volume volume, long size, Call call) throws IOException {
    pool().group().extend(volume.name(), size, call);
  }

  /**
   * What it has replaced goes first, so that it does not come back, and what is kept of it last.
   */
  @Override
  boolean delete(DiskName name, Volume disk, Volumes volumes, Call call) throws IOException {
    List<Volume> all = new ArrayList<>(volumes.ofDisk(pool().thinPool(), Volumes.identity(disk)));
    all.sort(Comparator.comparingLong(Volumes::generation));
    all.addAll(ThinSnapshots.of(disk, volumes.in(pool().thinPool(), Volumes.SNAPSHOT)));
    try {
      pool().group().remove(all.stream().map(Volume::name).toList(), call);
      return true;
    } catch (DiskException e) {
      requireGone(name, e, call);
      return false;
    }
  }
}
