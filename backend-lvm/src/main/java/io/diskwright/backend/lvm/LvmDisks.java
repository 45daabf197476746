package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeNames;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disks of a pool: found, listed, grown and deleted; a subclass says how a volume comes to be,
 * how it grows, and how it goes. Any thread.
 */
abstract class LvmDisks {
  private static final Logger LOG = LoggerFactory.getLogger(LvmDisks.class);
  private static final String CREATE = "create disk";
  private static final String DELETE = "delete disk";
  private static final String SIZE_TAG = "dw:size=";

  private final LvmPool pool;
  private final LvmBases bases;

  LvmDisks(LvmPool pool, LvmBases bases) {
    this.pool = pool;
    this.bases = bases;
  }

  final LvmPool pool() {
    return pool;
  }

  /** Makes a disk of a base; whole, or not at all. */
  abstract Created make(DiskRequest request, BaseRecord base, Call call) throws IOException;

  /** Makes a disk that reads as zeros; whole, or not at all. */
  abstract Created makeBlank(DiskRequest request, Call call) throws IOException;

  /** Grows a disk's volume, in which what is new reads as zeros; or fails, and it is as before. */
  abstract void grow(Volume volume, long size, Call call) throws IOException;

  /** Deletes a disk that nobody has open; returns false when another call was faster. */
  abstract boolean delete(DiskName name, Volume disk, Volumes volumes, Call call)
      throws IOException;

  /**
   * A disk that is there.
   *
   * @param record its record, with the size that was asked for last
   * @param volume its volume, which is a little larger mostly
   */
  record Found(DiskRecord record, Volume volume) {}

  /** Fails when no volume can be made for a disk of this name and size. */
  final void requireMakeable(DiskRequest request) throws DiskException {
    requireName(request.name());
    pool.requireSize(request.size(), CREATE);
  }

  /** Notes that a disk was made of a base; what is only told of it fails nobody. */
  final void markUsed(BaseRecord base) {
    try {
      bases.markUsed(base);
    } catch (IOException e) {
      LOG.warn("it is not noted that base {} is used: {}", base.key(), e.getMessage());
    }
  }

  /** A name that is taken is one reason of many for lvm2, which tells them by words alone. */
  final DiskException whyNotMade(String volume, Attempt attempt, DiskException failure, Call call)
      throws IOException {
    if (failure.reason() != Reason.IO_ERROR) {
      return failure;
    }
    Optional<Volume> there = pool.look(volume, call).filter(other -> !attempt.made(other));
    if (there.isEmpty()) {
      return failure;
    }
    if (!pool.isOurs(there.get())) {
      return taken(
          "volume %s has its name, and is none of this pool's".formatted(volume),
          "choose another name, or rename that volume");
    }
    if (Volumes.isWhole(there.get())) {
      return taken(
          "there is a volume %s already".formatted(volume),
          "try again, to get that disk or to learn how it differs");
    }
    // Who began it may have died so late that lvm2 has gone on alone.
    if (new Sweep(pool, call).recover().swept().contains(volume)) {
      return taken("somebody who died had begun it; what was left is gone now", "try again");
    }
    boolean others =
        AttemptTag.of(AttemptTag.Kind.NEW, there.get())
            .filter(tag -> tag.folder().equals(pool.folder().id()))
            .isEmpty();
    return others
        ? taken(
            "its volume %s was begun with another folder than %s"
                .formatted(volume, pool.folder().path()),
            "if nobody makes it there any more, remove it with: lvremove %s/%s"
                .formatted(pool.group().name(), volume))
        : taken("another call is making its volume %s just now".formatted(volume), "try again");
  }

  private static DiskException taken(String said, String remedy) {
    return DiskException.of(Reason.ALREADY_EXISTS, CREATE).said(said).remedy(remedy).build();
  }

  /** Device-mapper has a limit for the group's and the volume's name together. */
  private void requireName(DiskName name) throws DiskException {
    String volume = Volumes.nameOf(name);
    if (!VolumeNames.fits(pool.group().name(), volume)) {
      throw DiskException.of(Reason.INVALID_REQUEST, CREATE)
          .said(
              "device-mapper takes no volume '%s' in group '%s': together they may have 127 bytes,"
                      .formatted(volume, pool.group().name())
                  + " and each '-' counts twice")
          .remedy("choose a shorter name, or one with fewer '-'")
          .build();
    }
  }

  /** Finds a disk's record. */
  final Optional<DiskRecord> find(DiskName name, Call call) throws IOException {
    Optional<Volume> volume = pool.recorded(call).disk(pool.thinPool(), name);
    return volume.isEmpty() ? Optional.empty() : Optional.of(found(volume.get()).record());
  }

  private static Found found(Volume volume) throws LvmFormatException {
    DiskRecord record = Records.disk(volume);
    if (volume.name().startsWith(Volumes.DISK)
        && !Volumes.nameOf(record.name()).equals(volume.name())) {
      throw new LvmFormatException(
          volume.name(), "its tags are of disk '%s'".formatted(record.name()));
    }
    if (record.size() > volume.size()) {
      throw new LvmFormatException(
          volume.name(),
          "it has %d bytes, and its disk %d".formatted(volume.size(), record.size()));
    }
    return new Found(record, volume);
  }

  /** Finds a disk and its volume, as it is now. */
  final Found require(DiskName name, Call call) throws IOException {
    return require(name, pool.volumes(call));
  }

  /** Finds a disk and its volume among volumes. */
  final Found require(DiskName name, Volumes volumes) throws IOException {
    Optional<Volume> volume = volumes.disk(pool.thinPool(), name);
    if (volume.isEmpty()) {
      throw DiskException.of(Reason.NOT_FOUND, "find disk")
          .resource(name.value())
          .said("there is no such disk")
          .remedy("list the pool's disks to see which there are")
          .build();
    }
    return found(volume.get());
  }

  /** Lists them, by name; one that is damaged does not hide the others. */
  final List<DiskRecord> list(Call call) throws IOException {
    List<DiskRecord> records = new ArrayList<>();
    for (Volume volume : pool.recorded(call).disks(pool.thinPool())) {
      try {
        records.add(found(volume).record());
      } catch (LvmFormatException e) {
        LOG.warn("left out of the list: {}", e.getMessage());
      }
    }
    records.sort(Comparator.comparing(disk -> disk.name().value()));
    return records;
  }

  /** The volume first: the size that is told is never more than the volume has. */
  final Resized resize(DiskName name, long size, Call call) throws IOException {
    Found disk = require(name, call);
    long now = disk.record().size();
    if (size < now) {
      throw DiskException.of(Reason.INVALID_REQUEST, "resize disk")
          .said(
              "the size %d is smaller than the disk's %d, and shrinking would lose data"
                  .formatted(size, now))
          .remedy("ask for at least " + now)
          .build();
    }
    pool.requireSize(size, "resize disk");
    if (size > now) {
      if (disk.volume().size() < size) {
        grow(disk.volume(), size, call);
      }
      tagSize(disk.volume(), size, call);
    }
    return new Resized(
        disk.record().withSize(size),
        disk.volume().open() && size > now
            ? Optional.of("the device has grown; QEMU is told by block_resize with " + size)
            : Optional.empty());
  }

  /** Has a disk's tags tell this size; lvm2 would drop a tag that is removed and added at once. */
  private void tagSize(Volume volume, long size, Call call) throws DiskException {
    String tag = sizeTag(size);
    if (!volume.tags().contains(tag)) {
      List<String> old = volume.tags().stream().filter(LvmDisks::isSize).toList();
      pool.group().retag(volume.name(), old, List.of(tag), call);
    }
  }

  static String sizeTag(long size) {
    return SIZE_TAG + size;
  }

  static boolean isSize(String tag) {
    return tag.startsWith(SIZE_TAG);
  }

  /** Deletes a disk; a damaged one can be deleted like any other. */
  final boolean delete(DiskName name, Call call) throws IOException {
    pool.sweep(call);
    Volumes volumes = pool.volumes(call);
    Optional<Volume> disk = volumes.disk(pool.thinPool(), name);
    if (disk.isEmpty()) {
      return false;
    }
    requireOffline(disk.get(), DELETE);
    return delete(name, disk.get(), volumes, call);
  }

  /** Returns when lvm2 has refused to delete a disk because another call was faster. */
  final void requireGone(DiskName name, DiskException refusal, Call call) throws IOException {
    LvmPool.requireRefused(refusal);
    Optional<Volume> now = pool.volumes(call).disk(pool.thinPool(), name);
    if (now.isPresent()) {
      requireOffline(now.get(), DELETE);
      throw refusal;
    }
  }

  static void requireOffline(Volume volume, String tried) throws DiskException {
    if (volume.open()) {
      throw DiskException.of(Reason.IN_USE, tried)
          .said("a machine has it open")
          .remedy("shut the machine down, or detach the disk from it, and try again")
          .build();
    }
  }

  /** A device that is there needs no question to lvm2. */
  final Attachment attachment(DiskRecord disk, Call call) throws IOException {
    pool.sweep(call); // which puts in place what has gone back to a snapshot
    Path device = pool.group().device(Volumes.nameOf(disk.name()));
    return Attachment.block(
        Files.exists(device) ? device : pool.device(require(disk.name(), call).volume(), call),
        DiskFormat.RAW);
  }
}
