package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.Device;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskOrigin;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import io.diskwright.toolkit.os.BlockDevice;
import io.diskwright.toolkit.os.OsErrors;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Disks as linear volumes. Their extents hold what somebody has deleted, until all of it is
 * written: so nobody finds a volume, or a part of one, before that.
 */
final class LinearDisks extends LvmDisks {
  private static final String WIPE = "wipe deleted disk";

  /** Held by who gives a disk extents that are free for a moment, and shared by who takes any. */
  private static final LockKey EXTENTS = new LockKey(LockKey.Scope.SPACE, "extents");

  /** So often others may take the extents that were zeroed for a disk. */
  private static final int MOST_TRIES = 3;

  private final LinearSpace space;
  private final LinearBases bases;

  LinearDisks(LvmPool pool, LinearSpace space, LinearBases bases) {
    super(pool, bases);
    this.space = space;
    this.bases = bases;
  }

  @Override
  Created make(DiskRequest request, BaseRecord base, Call call) throws IOException {
    try (Content content = bases.open(base, call)) {
      Created created =
          make(
              request,
              new DiskOrigin.FromBase(base.key()),
              "copy",
              (device, size) -> LinearFill.fill(content, device, size, call),
              call);
      markUsed(base);
      return created;
    }
  }

  @Override
  Created makeBlank(DiskRequest request, Call call) throws IOException {
    return make(
        request,
        new DiskOrigin.Blank(),
        "blank",
        (device, size) -> {
          zero(device, size, "create disk", call);
          return 0;
        },
        call);
  }

  private static void zero(BlockDevice device, long size, String tried, Call call)
      throws IOException {
    Wiping.zero(device, size, tried, "zeroing", call);
    device.sync();
  }

  /** Writes all of a device, durably, and returns how many bytes of a base. */
  @FunctionalInterface
  private interface Filling {
    long fill(BlockDevice device, long size) throws IOException;
  }

  /** The volume gets the disk's name when it is whole. */
  private Created make(
      DiskRequest request, DiskOrigin origin, String way, Filling filling, Call call)
      throws IOException {
    requireMakeable(request);
    DiskRecord record = DiskRecord.of(request, "-", DiskFormat.RAW, origin);
    VolumeGroup group = pool().group();
    try (Attempt attempt = pool().attempt(call)) {
      String scratch = attempt.scratch();
      attempt.reserve(pool().extents(request.size()), call);
      List<String> tags = new ArrayList<>(Records.tags(record.attributes()));
      tags.add(attempt.begins(scratch, request.size()));
      create(scratch, request.size(), tags, call);
      Device made = Device.read(group.device(scratch));
      long moved;
      try (BlockDevice device = BlockDevice.openWrite(group.device(scratch))) {
        moved = filling.fill(device, made.size());
      }
      String volume = Volumes.nameOf(request.name());
      try {
        attempt.publish(volume, call);
      } catch (DiskException e) {
        throw whyNotMade(volume, attempt, e, call);
      }
      return new Created(Records.of(record, made.uuid()), way, moved);
    }
  }

  /**
   * The new extents are zeroed in a volume of their own, and given to the disk then: whenever this
   * is cut short, no machine sees what was on them.
   */
  @Override
  void grow(Volume volume, long size, Call call) throws IOException {
    long whole = pool().extents(size);
    for (int tries = 1; !grown(volume, whole, tries == MOST_TRIES, call); tries++) {
      call.check("resize disk");
    }
  }

  /** Returns whether nobody else has taken the extents meanwhile, who knows nothing of our lock. */
  @SuppressWarnings("try") // the lease is held, not used
  private boolean grown(Volume volume, long whole, boolean last, Call call) throws IOException {
    VolumeGroup group = pool().group();
    long more = whole - volume.size();
    try (Attempt attempt = pool().attempt(call)) {
      String scratch = attempt.scratch();
      attempt.reserve(more, call);
      create(scratch, more, List.of(attempt.begins(scratch, 0)), call);
      try (BlockDevice device = BlockDevice.openWrite(group.device(scratch))) {
        zero(device, more, "resize disk", call);
      }
      List<String> extents = group.extents(scratch, call);
      try (Lease lease = pool().locks().acquire(EXTENTS, LockMode.EXCLUSIVE, call)) {
        group.release(scratch, call);
        attempt.finished();
        group.extend(volume.name(), whole, extents, call);
        return true;
      } catch (DiskException e) {
        if (last || e.reason() != Reason.NO_SPACE) {
          throw e;
        }
        return false;
      }
    }
  }

  /**
   * Makes a volume, but not while a disk is given extents that are free for a moment: what would be
   * written to them, and given back, its machine would see.
   */
  @SuppressWarnings("try") // the lease is held, not used
  private void create(String volume, long size, List<String> tags, Call call) throws DiskException {
    try (Lease lease = pool().locks().acquire(EXTENTS, LockMode.SHARED, call)) {
      pool().group().createLinear(volume, size, tags, call);
    }
  }

  /**
   * By another name nobody finds the disk any more; then it is wiped, unless somebody has it open.
   */
  @Override
  boolean delete(DiskName name, Volume disk, Volumes volumes, Call call) throws IOException {
    try (Attempt attempt = pool().attempt(call)) {
      try {
        if (!space.wipes()) {
          pool().group().remove(disk.name(), call);
          return true;
        }
        pool().group().rename(disk.name(), attempt.gone(), call);
      } catch (DiskException e) {
        requireGone(name, e, call);
        return false;
      }
      wipe(disk.name(), attempt.gone(), call);
    }
    return true;
  }

  private void wipe(String disk, String gone, Call call) throws IOException {
    try {
      space.dispose(gone, call);
    } catch (IOException e) {
      DiskException failure =
          e instanceof DiskException known ? known : OsErrors.toFailure(e, WIPE).build();
      giveBackIfOpen(disk, gone, failure, call);
      throw DiskException.of(failure.reason(), WIPE)
          .said("the disk is gone, and its volume %s is left: %s".formatted(gone, failure.detail()))
          .remedy("have that wiped and removed by: diskwright recover")
          .cause(e)
          .build();
    }
  }

  /** Somebody may have opened it just before its name went: then it gets that back. */
  private void giveBackIfOpen(String disk, String gone, DiskException failure, Call call)
      throws DiskException {
    if (failure.reason() != Reason.IO_ERROR) {
      return;
    }
    Optional<Volume> left = pool().volume(gone, call).filter(Volume::open);
    if (left.isPresent()) {
      pool().group().rename(gone, disk, call);
      requireOffline(left.get(), "delete disk");
    }
  }
}
