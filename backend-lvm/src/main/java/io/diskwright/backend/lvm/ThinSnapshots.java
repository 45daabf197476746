package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.LvmDisks.Found;
import io.diskwright.backend.lvm.lvm2.RecordTags;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Snapshot;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.backend.Snapshots;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What is kept of disks: thin snapshots of them, that need no device.
 *
 * <p>The name of such a volume is made of the disk's identity and the snapshot's name, so that lvm2
 * takes each once.
 */
final class ThinSnapshots implements Snapshots {
  private static final String ROLL_BACK = "roll disk back";
  private static final String DISK = "snapshot-of";
  private static final String NAME = "snapshot";
  private static final String SIZE = "size";
  private static final String CREATED = "created";
  private static final int DIGITS = 32;

  private final LvmPool pool;
  private final ThinSpace space;
  private final LvmDisks disks;

  ThinSnapshots(LvmPool pool, ThinSpace space, LvmDisks disks) {
    this.pool = pool;
    this.space = space;
    this.disks = disks;
  }

  /** Returns those volumes that keep a state of a disk. */
  static List<Volume> of(Volume disk, List<Volume> snapshots) {
    Optional<String> identity = Optional.of(Volumes.identity(disk));
    return snapshots.stream().filter(one -> diskOf(one).equals(identity)).toList();
  }

  /** Returns the identity of the disk whose state a volume keeps; empty when that is damaged. */
  static Optional<String> diskOf(Volume snapshot) {
    return Optional.ofNullable(tags(snapshot).get(DISK)).filter(disk -> !disk.isEmpty());
  }

  /** Returns what a volume's tags say, which is nothing when they are damaged. */
  private static SortedMap<String, String> tags(Volume volume) {
    try {
      return RecordTags.parse(volume.tags());
    } catch (IllegalArgumentException e) {
      return new TreeMap<>();
    }
  }

  private static String volumeName(Volume disk, SnapshotName name) {
    String both = Volumes.identity(disk) + '/' + name.value();
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(both.getBytes(StandardCharsets.UTF_8));
      return Volumes.SNAPSHOT + HexFormat.of().formatHex(digest).substring(0, DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }

  private static Snapshot read(Volume volume) throws LvmFormatException {
    SortedMap<String, String> tags = tags(volume);
    try {
      return new Snapshot(
          new SnapshotName(tags.getOrDefault(NAME, "")),
          Long.parseLong(tags.getOrDefault(SIZE, "")),
          Instant.parse(tags.getOrDefault(CREATED, "")));
    } catch (IllegalArgumentException | DateTimeParseException e) {
      throw new LvmFormatException(volume.name(), String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Snapshot create(DiskName disk, SnapshotName name, Call call) throws DiskException {
    return pool.run("create snapshot", disk, () -> make(disk, name, call));
  }

  private Snapshot make(DiskName disk, SnapshotName name, Call call) throws IOException {
    Found found = offline(disk, "create snapshot", call);
    space.requireRoom(call);
    Snapshot snapshot = new Snapshot(name, found.record().size(), Instant.now());
    String volume = volumeName(found.volume(), name);
    SortedMap<String, String> tags = new TreeMap<>();
    tags.put(DISK, Volumes.identity(found.volume()));
    tags.put(NAME, name.value());
    tags.put(SIZE, Long.toString(snapshot.size()));
    tags.put(CREATED, snapshot.created().toString());
    try {
      pool.group()
          .createSnapshot(volume, found.volume().name(), RecordTags.format(tags), false, call);
      return snapshot;
    } catch (DiskException e) {
      LvmPool.requireRefused(e);
      if (pool.volume(volume, call).isEmpty()) {
        throw e;
      }
      throw DiskException.of(Reason.ALREADY_EXISTS, "create snapshot")
          .resource(disk + "@" + name)
          .said("the disk has a snapshot of that name")
          .remedy("choose another name, or remove it")
          .cause(e)
          .build();
    }
  }

  private Found offline(DiskName disk, String tried, Call call) throws IOException {
    pool.sweep(call);
    Found found = disks.require(disk, call);
    LvmDisks.requireOffline(found.volume(), tried);
    return found;
  }

  @Override
  public List<Snapshot> list(DiskName disk, Call call) throws DiskException {
    return pool.run(
        "list snapshots",
        disk,
        () -> {
          Volumes volumes = pool.recorded(call);
          Volume found = disks.require(disk, volumes).volume();
          List<Snapshot> snapshots = new ArrayList<>();
          for (Volume one : of(found, volumes.in(pool.thinPool(), Volumes.SNAPSHOT))) {
            snapshots.add(read(one));
          }
          snapshots.sort(Comparator.comparing(Snapshot::created));
          return snapshots;
        });
  }

  @Override
  public void rollback(DiskName disk, SnapshotName name, Call call) throws DiskException {
    boolean unused = pool.run(ROLL_BACK, disk, () -> rollBack(disk, name, call));
  }

  /**
   * The disk is replaced in one step, by a snapshot of the snapshot that says that it comes after
   * the disk. From then on it is the disk, and whatever is left to be done is finished by who
   * sweeps, too.
   */
  private boolean rollBack(DiskName disk, SnapshotName name, Call call) throws IOException {
    Found found = offline(disk, ROLL_BACK, call);
    String kept = volumeName(found.volume(), name);
    Snapshot snapshot = read(pool.volume(kept, call).orElseThrow(() -> missing(disk, name)));
    space.requireRoom(call);
    try (Attempt attempt = pool.attempt(call)) {
      takeDevice(found.volume(), call);
      List<String> tags = tagsAfter(found.volume(), snapshot.size(), attempt.replaces());
      try {
        pool.group().createSnapshot(attempt.replacement(), kept, tags, true, call);
      } catch (DiskException e) {
        giveDeviceBack(found.volume(), e);
        throw e;
      }
      replace(found.volume(), attempt.replacement(), call);
      attempt.finished();
    }
    return true;
  }

  /** The call may be over, and what it has failed with is told first. */
  private void giveDeviceBack(Volume disk, DiskException failure) {
    try {
      pool.group().activate(disk.name(), Call.within(Attempt.CLEARING));
    } catch (DiskException e) {
      failure.addSuppressed(e); // the device comes back when it is asked for
    }
  }

  /** Returns the tags of the volume that comes after a disk's. */
  private static List<String> tagsAfter(Volume disk, long size, String attempt) {
    List<String> tags = new ArrayList<>(disk.tags());
    tags.removeIf(
        tag ->
            LvmDisks.isSize(tag)
                || Volumes.isGeneration(tag)
                || AttemptTag.is(AttemptTag.Kind.BACK, tag));
    tags.add(LvmDisks.sizeTag(size));
    tags.add(Volumes.generationTag(Volumes.generation(disk) + 1));
    tags.add(attempt);
    return tags;
  }

  /** Nothing has changed when somebody has opened the disk meanwhile. */
  private void replace(Volume disk, String replacement, Call call) throws DiskException {
    try {
      pool.group().remove(disk.name(), call);
    } catch (DiskException e) {
      LvmPool.requireRefused(e);
      Optional<Volume> now = pool.volume(disk.name(), call);
      if (now.isPresent() && now.get().open()) {
        pool.group().remove(replacement, call);
        LvmDisks.requireOffline(now.get(), ROLL_BACK);
      }
      throw e;
    }
    pool.group().rename(replacement, disk.name(), call);
  }

  private void takeDevice(Volume disk, Call call) throws DiskException {
    try {
      pool.group().deactivate(disk.name(), call);
    } catch (DiskException e) {
      LvmPool.requireRefused(e);
      Optional<Volume> now = pool.volume(disk.name(), call);
      if (now.isPresent()) {
        LvmDisks.requireOffline(now.get(), ROLL_BACK);
      }
      throw e;
    }
  }

  private static DiskException missing(DiskName disk, SnapshotName name) {
    return DiskException.of(Reason.NOT_FOUND, "find snapshot")
        .resource(disk + "@" + name)
        .said("the disk has no such snapshot")
        .remedy("list the disk's snapshots to see which there are")
        .build();
  }

  @Override
  public boolean remove(DiskName disk, SnapshotName name, Call call) throws DiskException {
    return pool.run("remove snapshot", disk, () -> drop(disk, name, call));
  }

  private boolean drop(DiskName disk, SnapshotName name, Call call) throws IOException {
    Found found = offline(disk, "remove snapshot", call);
    String volume = volumeName(found.volume(), name);
    if (pool.volume(volume, call).isEmpty()) {
      return false;
    }
    pool.group().remove(volume, call);
    return true;
  }
}
