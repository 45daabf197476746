package io.diskwright.toolkit.pool;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskOrigin;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.QemuImageLocks;
import io.diskwright.toolkit.pool.FileBackend.Made;
import io.diskwright.toolkit.qcow2.Qcow2FormatException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The disks of a pool of files: made, found, grown and deleted; any thread. */
final class FileDisks {
  private static final Logger LOG = LoggerFactory.getLogger(FileDisks.class);

  private final FileBackend backend;
  private final FilePool pool;
  private final FileBases bases;
  private final DiskFormat format;

  /**
   * Makes the disks of a pool.
   *
   * @param backend says how a disk's file comes of a base, and how it grows
   * @param format the format of its disks
   */
  FileDisks(FileBackend backend, FilePool pool, FileBases bases, DiskFormat format) {
    this.backend = backend;
    this.pool = pool;
    this.bases = bases;
    this.format = format;
  }

  /** Writes the bytes of a new disk. */
  @FunctionalInterface
  private interface Maker {
    Made make(Attempt attempt) throws IOException;
  }

  Created make(DiskRequest request, BaseRecord base, Call call) throws IOException {
    Path baseFile = bases.file(base);
    return make(
        request,
        new DiskOrigin.FromBase(base.key()),
        attempt -> {
          Made made = backend.makeFromBase(attempt, request, base, baseFile, call);
          bases.requireThere(base);
          bases.markUsed(base);
          return made;
        },
        call);
  }

  Created makeBlank(DiskRequest request, Call call) throws IOException {
    return make(
        request,
        new DiskOrigin.Blank(),
        attempt -> {
          backend.makeBlank(attempt.file(), request, call);
          return new Made("blank", 0);
        },
        call);
  }

  private Created make(DiskRequest request, DiskOrigin origin, Maker maker, Call call)
      throws IOException {
    String name = request.name().value();
    try (Attempt attempt = pool.disks().attempt(name, format)) {
      if (request.preallocate()) {
        pool.reserve(attempt, request.size(), call);
      }
      Made made = maker.make(attempt);
      if (request.preallocate()) {
        attempt.file().allocate(0, attempt.file().stat().size());
      }
      pool.dress(attempt, pool.diskMode());
      call.check("create disk");
      DiskRecord record = DiskRecord.of(request, Shelf.storageId(attempt), format, origin);
      if (pool.disks().publish(attempt, name, record.attributes(), pool.syncDisks())) {
        return new Created(record, made.way(), made.bytesMoved());
      }
    }
    throw DiskException.of(Reason.ALREADY_EXISTS, "create disk")
        .resource(name)
        .said("another call has made it in the meantime")
        .remedy("try again, to get that disk or to learn how it differs")
        .build();
  }

  Resized resize(DiskName name, long size, Call call) throws IOException {
    StoredDisk disk = require(name);
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
    Optional<String> machine = backend.grow(disk, size, QemuImageLocks.isOpen(disk.path()), call);
    return new Resized(require(name).record(), machine);
  }

  Optional<StoredDisk> find(DiskName name) throws IOException {
    Optional<Stored> stored = pool.disks().find(name.value());
    return stored.isEmpty() ? Optional.empty() : pool.disks().look(stored.get(), this::disk);
  }

  StoredDisk require(DiskName name) throws IOException {
    return find(name)
        .orElseThrow(
            () ->
                DiskException.of(Reason.NOT_FOUND, "find disk")
                    .resource(name.value())
                    .pool(pool.name())
                    .said("there is no such disk")
                    .remedy("list the pool's disks to see which there are")
                    .build());
  }

  private StoredDisk disk(Stored stored) throws IOException {
    DiskRecord record = stored.read(DiskRecord::fromAttributes);
    long size = backend.virtualSize(stored.data(), stored.stat().size());
    return new StoredDisk(record.withSize(size), stored.data());
  }

  /** Lists them, by name. */
  List<DiskRecord> list() throws IOException {
    List<DiskRecord> records = new ArrayList<>();
    for (Stored stored : pool.disks().list()) {
      listed(stored).ifPresent(records::add);
    }
    records.sort(Comparator.comparing(disk -> disk.name().value()));
    return records;
  }

  /** One disk that is damaged must not hide the others; asking for it says what is wrong. */
  private Optional<DiskRecord> listed(Stored stored) throws IOException {
    try {
      return pool.disks().look(stored, this::disk).map(StoredDisk::record);
    } catch (RecordFormatException | Qcow2FormatException e) {
      LOG.warn("left out of the list: {}: {}", stored.record(), e.getMessage());
      return Optional.empty();
    }
  }

  boolean delete(DiskName name, Call call) throws IOException {
    Optional<Withdrawn> found = withdraw(name, call);
    if (found.isEmpty()) {
      return false;
    }
    try (Withdrawn withdrawn = found.get()) {
      finish(withdrawn);
      return true;
    }
  }

  /** QEMU's locks are held until the disk is gone, so that no machine can open it meanwhile. */
  @SuppressWarnings("try") // the locks are held, not used
  private void finish(Withdrawn withdrawn) throws IOException {
    Optional<Path> file = withdrawn.data().filter(Files::exists);
    if (file.isEmpty()) {
      withdrawn.finish(pool.syncDisks());
      return;
    }
    try (QemuImageLocks locks =
        QemuImageLocks.take(file.get()).orElseThrow(() -> inUse("delete disk"))) {
      withdrawn.finish(pool.syncDisks());
    }
  }

  /** A disk whose deletion was killed is not there, but would come back when somebody sweeps. */
  private Optional<Withdrawn> withdraw(DiskName name, Call call) throws IOException {
    Optional<Withdrawn> found = pool.disks().withdraw(name.value());
    if (found.isPresent() || !pool.disks().hasAside(name.value())) {
      return found;
    }
    Recovery unused =
        new Sweep(pool.disks(), call)
            .run(file -> file.startsWith(name.value() + '.'), file -> false)
            .recovery();
    return pool.disks().withdraw(name.value());
  }

  /** Fails when a machine has a disk open. */
  void requireOffline(StoredDisk disk, String tried) throws IOException {
    if (QemuImageLocks.isOpen(disk.path())) {
      throw inUse(tried);
    }
  }

  private static DiskException inUse(String tried) {
    return DiskException.of(Reason.IN_USE, tried)
        .said("a machine has it open")
        .remedy("shut the machine down, or detach the disk from it, and try again")
        .build();
  }
}
