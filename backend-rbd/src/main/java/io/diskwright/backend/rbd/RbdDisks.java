package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.backend.rbd.ceph.RbdParent;
import io.diskwright.backend.rbd.ceph.RbdProgress;
import io.diskwright.backend.rbd.ceph.RbdWatcher;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskOrigin;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The disks of a pool: made, found, grown and deleted; any thread. */
final class RbdDisks {
  private static final Logger LOG = LoggerFactory.getLogger(RbdDisks.class);
  private static final long IN_USE_PAUSE_NANOS = Duration.ofMillis(200).toNanos();

  private static final int MOST_GLANCES = 20;

  private final RbdPool pool;
  private final RbdBases bases;

  RbdDisks(RbdPool pool, RbdBases bases) {
    this.pool = pool;
    this.bases = bases;
  }

  /**
   * A disk that is there.
   *
   * @param entry its record as it is in the index
   * @param record its record, with the size that its image has now
   * @param image its image
   */
  record Found(Entry entry, DiskRecord record, StorageId image) {}

  /** Makes an attempt's image. */
  @FunctionalInterface
  interface Maker {
    void make(String image) throws IOException;
  }

  Created make(DiskRequest request, BaseRecord base, Gate gate) throws IOException {
    String parent = RbdBases.image(base).image();
    return make(
        request,
        new DiskOrigin.FromBase(base.key()),
        "clone",
        image -> {
          try {
            pool.cloneImage(pool.images(), parent, RbdBases.SNAPSHOT, image);
          } catch (CephException e) {
            throw e.is(Errno.ENOENT) ? bases.gone(base) : e;
          }
        },
        Optional.of(RbdBases.usedNow(base.key())),
        gate);
  }

  Created makeBlank(DiskRequest request, Gate gate) throws IOException {
    return make(
        request,
        new DiskOrigin.Blank(),
        "blank",
        image -> pool.images().createImage(image, request.size(), pool.imageOptions()),
        Optional.empty(),
        gate);
  }

  /**
   * Makes a disk.
   *
   * @param way how it is made
   * @param besides what is set in the index when it is published
   */
  Created make(
      DiskRequest request,
      DiskOrigin origin,
      String way,
      Maker maker,
      Optional<Entry> besides,
      Gate gate)
      throws IOException {
    String name = request.name().value();
    try (Attempt attempt = pool.attempt(name)) {
      maker.make(attempt.image());
      gate.check();
      String id = new StorageId(attempt.image(), grow(attempt, request.size())).toString();
      DiskRecord record = DiskRecord.of(request, id, DiskFormat.RAW, origin);
      gate.commit();
      Entry entry = Index.entry(IndexKeys.disk(request.name()), record.attributes());
      if (attempt.publish(entry, besides)) {
        return new Created(record, way, 0);
      }
    }
    throw DiskException.of(Reason.ALREADY_EXISTS, "create disk")
        .resource(name)
        .said("another call has made it in the meantime")
        .remedy("try again, to get that disk or to learn how it differs")
        .build();
  }

  /** Gives a new image its size; returns its id. */
  private String grow(Attempt attempt, long size) throws IOException {
    try {
      Optional<String> grown = pool.images().growClosed(attempt.image(), size);
      return grown.isPresent() ? grown.get() : growOpen(attempt.image(), size);
    } catch (CephException e) {
      throw e.is(Errno.ENOENT) ? attempt.swept() : e;
    }
  }

  private String growOpen(String name, long size) throws IOException {
    RbdImage image = pool.images().open(name, false);
    String id;
    try {
      if (image.size() < size) {
        image.resize(size, false, RbdProgress.NONE);
      }
      id = image.id();
    } catch (IOException | RuntimeException e) {
      try (image) {
        throw e;
      }
    }
    try {
      image.close();
    } catch (CephException e) { // it is whole, and closed, whatever the cluster says to it
      LOG.warn("image {} was not closed as it should: {}", name, e.getMessage());
    }
    return id;
  }

  Optional<Found> find(DiskName name) throws IOException {
    Optional<Entry> entry = pool.index().find(IndexKeys.disk(name));
    return entry.isEmpty() ? Optional.empty() : found(entry.get());
  }

  private Optional<Found> found(Entry entry) throws IOException {
    DiskRecord record = record(entry);
    StorageId image = image(record);
    try {
      long size = pool.images().imageSize(image.id());
      return Optional.of(new Found(entry, record.withSize(size), image));
    } catch (CephException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
      if (pool.index().find(entry.key()).filter(entry::equals).isEmpty()) {
        return Optional.empty(); // it was deleted a moment ago
      }
      throw new IndexFormatException(entry.key(), "its image " + image + " is gone");
    }
  }

  private static DiskRecord record(Entry entry) throws IndexFormatException {
    try {
      return DiskRecord.fromAttributes(entry.values());
    } catch (IllegalArgumentException e) {
      throw new IndexFormatException(entry.key(), String.valueOf(e.getMessage()));
    }
  }

  /** Returns the image that a record names. */
  static StorageId image(DiskRecord record) throws IndexFormatException {
    try {
      return StorageId.parse(record.storageId());
    } catch (IllegalArgumentException e) {
      throw new IndexFormatException(IndexKeys.disk(record.name()), String.valueOf(e.getMessage()));
    }
  }

  Found require(DiskName name) throws IOException {
    return find(name)
        .orElseThrow(
            () ->
                DiskException.of(Reason.NOT_FOUND, "find disk")
                    .resource(name.value())
                    .said("there is no such disk")
                    .remedy("list the pool's disks to see which there are")
                    .build());
  }

  /** Lists them, by name; one that is damaged does not hide the others. */
  List<DiskRecord> list() throws IOException {
    List<Entry> entries = pool.index().list(IndexKeys.DISKS);
    List<DiskRecord> records = new ArrayList<>();
    AtOnce.map(entries, this::listed).forEach(found -> found.ifPresent(records::add));
    records.sort(Comparator.comparing(disk -> disk.name().value()));
    return records;
  }

  private Optional<DiskRecord> listed(Entry entry) throws IOException {
    try {
      return found(entry).map(Found::record);
    } catch (IndexFormatException e) {
      LOG.warn("left out of the list: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** A machine that has the disk open goes on, and is to be told. */
  Resized resize(DiskName name, long size, Gate gate) throws IOException {
    Found disk = require(name);
    long now = disk.record().size();
    if (size < now) {
      throw DiskException.of(Reason.INVALID_REQUEST, "resize disk")
          .said(
              "the size %d is smaller than the disk's %d, and shrinking would lose data"
                  .formatted(size, now))
          .remedy("ask for at least " + now)
          .build();
    }
    if (size == now) {
      return new Resized(disk.record(), Optional.empty());
    }
    boolean open = !watchers(disk).isEmpty();
    gate.commit();
    try (RbdImage image = pool.images().openById(disk.image().id(), false)) {
      image.resize(size, false, RbdProgress.NONE);
    }
    return new Resized(
        disk.record().withSize(size),
        open
            ? Optional.of(RbdAttachment.grown(pool.settings(), disk.image().image(), size))
            : Optional.empty());
  }

  /** Who has an image open for writing; a client that died seems to for half a minute. */
  private List<RbdWatcher> watchers(Found disk) throws CephException {
    try (RbdImage image = pool.images().openById(disk.image().id(), true)) {
      return image.watchers();
    }
  }

  /** Fails when a machine has a disk open. */
  void requireOffline(Found disk, String tried) throws IOException {
    List<RbdWatcher> watchers = watchers(disk);
    if (!watchers.isEmpty()) {
      throw inUse(watchers, tried);
    }
  }

  private static DiskException inUse(List<RbdWatcher> watchers, String tried) {
    String who =
        watchers.isEmpty()
            ? ""
            : ": the client at "
                + String.join(", ", watchers.stream().map(RbdWatcher::address).toList());
    return DiskException.of(Reason.IN_USE, tried)
        .said("a machine has it open" + who)
        .remedy(
            "shut the machine down, or detach the disk from it, and try again; a client that died"
                + " goes after half a minute")
        .build();
  }

  /** Takes a disk out of the index, and then its image away. */
  boolean delete(DiskName name, Gate gate) throws IOException {
    Optional<Entry> found = pool.index().find(IndexKeys.disk(name));
    if (found.isEmpty()) {
      return false;
    }
    Entry entry = found.get();
    StorageId image = image(entry);
    Optional<RbdParent> parent = awaitClosed(image, gate);
    Entry gone = new Entry(IndexKeys.gone(image.image()), entry.text());
    gate.commit();
    if (!pool.index().change().ifStill(entry).set(gone).remove(entry.key()).make()) {
      return pool.index().find(entry.key()).isPresent() && delete(name, gate);
    }
    Disposal.Result result = pool.disposal().dispose(gone);
    boolean stays = result == Disposal.Result.IN_USE || result == Disposal.Result.HAS_CLONES;
    if (stays && putBack(entry, gone)) {
      throw result == Disposal.Result.IN_USE ? inUse(List.of(), "delete disk") : hasClones();
    }
    if (parent.isPresent()) {
      disposeOfRetired(parent.get());
    }
    return true;
  }

  /** Returns the image that an entry names, whatever else is in it. */
  static StorageId image(Entry entry) throws IndexFormatException {
    try {
      return StorageId.parse(entry.values().getOrDefault("storage-id", ""));
    } catch (IllegalArgumentException e) {
      throw new IndexFormatException(entry.key(), String.valueOf(e.getMessage()));
    }
  }

  /** Waits until nobody has an image open; returns what it is a clone of. */
  private Optional<RbdParent> awaitClosed(StorageId image, Gate gate) throws IOException {
    long start = System.nanoTime();
    while (true) {
      List<RbdWatcher> watchers;
      try (RbdImage open = pool.images().openById(image.id(), true)) {
        watchers = open.watchers();
        if (watchers.isEmpty()) {
          return open.parent();
        }
      } catch (CephException e) {
        if (e.is(Errno.ENOENT)) {
          return Optional.empty(); // somebody has removed it, and the record is to go
        }
        throw e;
      }
      if (System.nanoTime() - start >= pool.settings().inUseWait().toNanos()) {
        throw inUse(watchers, "delete disk");
      }
      boolean unused = gate.report("waiting for who has the disk open", 0, -1);
      gate.check();
      LockSupport.parkNanos(IN_USE_PAUSE_NANOS);
    }
  }

  private static DiskException hasClones() {
    return DiskException.of(Reason.HAS_DEPENDENTS, "delete disk")
        .said("others have made clones of its snapshots, which are protected")
        .remedy("flatten or remove its clones: rbd children")
        .build();
  }

  /** Whoever has claimed it in the meantime removes it as soon as that is possible. */
  private boolean putBack(Entry entry, Entry gone) throws IOException {
    return pool.index()
        .change()
        .ifStill(gone)
        .ifAbsent(entry.key())
        .set(entry)
        .remove(gone.key())
        .make();
  }

  /**
   * A base that was let go goes with the last of its disks. Who removes another of them at the same
   * time may have found ours there still, and is about to let go of the base.
   */
  void disposeOfRetired(RbdParent parent) {
    try {
      for (int glance = 0; glance < MOST_GLANCES; glance++) {
        Optional<Entry> gone = pool.index().find(IndexKeys.gone(parent.imageName()));
        if (gone.isEmpty() || pool.disposal().dispose(gone.get()) != Disposal.Result.TAKEN) {
          return;
        }
        LockSupport.parkNanos(IN_USE_PAUSE_NANOS);
      }
      LOG.warn("image {} is left to be swept: another is removing it", parent.imageName());
    } catch (IOException e) {
      LOG.warn("image {} is left to be swept: {}", parent.imageName(), e.getMessage());
    }
  }
}
