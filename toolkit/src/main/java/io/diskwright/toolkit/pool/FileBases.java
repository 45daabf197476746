package io.diskwright.toolkit.pool;

import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.qcow2.Qcow2FormatException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/** The bases of a pool of files: found, filled once, and let go of when no disk depends on them. */
final class FileBases {
  private static final int MODE = 0444;
  private static final int MOST_NAMED = 10;

  private final FilePool pool;

  FileBases(FilePool pool) {
    this.pool = pool;
  }

  /** Tells whether a disk's file depends on a base's. */
  @FunctionalInterface
  interface Dependence {
    boolean holds(Path disk, Path base) throws IOException;
  }

  Optional<BaseRecord> find(BaseKey key) throws IOException {
    Optional<Stored> stored = pool.bases().find(key.value());
    return stored.isEmpty()
        ? Optional.empty()
        : Optional.of(stored.get().read(BaseRecord::fromAttributes));
  }

  BaseRecord findOrFill(BaseRequest request, Fill fill, Dependence dependence, Call call)
      throws IOException {
    Optional<BaseRecord> there = find(request.key());
    if (there.isPresent()) {
      return there.get();
    }
    there = swept(request.key(), dependence, call);
    return there.isPresent() ? there.get() : fill(request, fill);
  }

  /** Clears up after killed calls; finds the base that was restored if one was. */
  private Optional<BaseRecord> swept(BaseKey key, Dependence dependence, Call call)
      throws IOException {
    Recovery unused = sweep(name -> name.startsWith(key.value()), dependence, call);
    return find(key);
  }

  private BaseRecord fill(BaseRequest request, Fill fill) throws IOException {
    String key = request.key().value();
    try (Attempt attempt = pool.bases().attempt(key, request.format())) {
      attempt.file().truncate(request.length());
      FillProof proof = fill.into(new FileSink(attempt.file(), request.length()));
      pool.dress(attempt, MODE);
      BaseRecord record = BaseRecord.of(request, Shelf.storageId(attempt), proof);
      if (pool.bases().publish(attempt, key, record.attributes(), true)) {
        return record;
      }
    }
    return find(request.key())
        .orElseThrow(
            () ->
                DiskException.of(Reason.UNAVAILABLE, "fill base")
                    .said("another call has filled it, and one more has evicted that")
                    .remedy("try again")
                    .build());
  }

  /** Returns a base's file. */
  Path file(BaseRecord base) throws IOException {
    return pool.bases().locate(base.storageId()).orElseThrow(() -> evicted(base.key()));
  }

  private DiskException evicted(BaseKey key) {
    return DiskException.of(Reason.NOT_FOUND, "use base")
        .pool(pool.name())
        .resource(key.value())
        .said("it was evicted")
        .remedy("try again, so that it is cached again")
        .build();
  }

  /** Lists them, oldest first. */
  List<BaseRecord> list() throws IOException {
    List<BaseRecord> records = new ArrayList<>();
    for (Stored stored : pool.bases().list()) {
      stored.tryRead(BaseRecord::fromAttributes).ifPresent(records::add);
    }
    records.sort(Comparator.comparing(BaseRecord::created));
    return records;
  }

  /** Lists the disks that depend on a base, by what their files say. */
  List<DiskName> users(BaseKey key, Dependence dependence) throws IOException {
    Optional<Stored> base = pool.bases().find(key.value());
    List<DiskName> users = new ArrayList<>();
    if (base.isPresent()) {
      for (Stored disk : pool.disks().list()) {
        if (uses(disk, base.get(), dependence)) {
          users.add(disk.read(DiskRecord::fromAttributes).name());
        }
      }
    }
    return users;
  }

  /** A disk that is damaged may depend on it, for all that can be told. */
  private boolean uses(Stored disk, Stored base, Dependence dependence) throws IOException {
    try {
      return pool.disks()
          .look(disk, found -> dependence.holds(found.data(), base.data()))
          .orElse(false);
    } catch (Qcow2FormatException e) {
      return true;
    }
  }

  /**
   * Fails when a base is gone.
   *
   * <p>Asked after a disk's file has been written that refers to the base, and before its record is
   * published; eviction takes the record away first and then looks for such files. So, even without
   * any lock, one of the two sees the other. A base of the same key that was filled since is
   * another.
   */
  void requireThere(BaseRecord base) throws IOException {
    Optional<String> there = find(base.key()).map(BaseRecord::storageId);
    if (!there.equals(Optional.of(base.storageId()))) {
      throw evicted(base.key());
    }
  }

  Eviction evict(BaseKey key, Dependence dependence, Call call) throws IOException {
    if (!pool.bases().has(key.value()) && swept(key, dependence, call).isEmpty()) {
      return Eviction.ABSENT;
    }
    // What killed calls left of disks depends on bases too, and on nobody's behalf.
    Recovery unused = new Sweep(pool.disks(), call).run(name -> true, file -> false).recovery();
    requireUnused(key, dependence);
    Optional<Withdrawn> found = pool.bases().withdraw(key.value());
    if (found.isEmpty()) {
      return Eviction.ABSENT;
    }
    try (Withdrawn withdrawn = found.get()) {
      List<String> files =
          withdrawn.data().isPresent()
              ? dependentFiles(withdrawn.data().get(), dependence)
              : List.of();
      if (!files.isEmpty()) {
        throw inUse(files);
      }
      withdrawn.finish(true);
      return Eviction.REMOVED;
    }
  }

  /** Sweeps what killed calls left of any base. */
  Recovery recover(Dependence dependence, Call call) throws IOException {
    return sweep(name -> true, dependence, call);
  }

  private Recovery sweep(Predicate<String> names, Dependence dependence, Call call)
      throws IOException {
    return new Sweep(pool.bases(), call)
        .run(names, file -> !dependentFiles(file, dependence).isEmpty())
        .recovery();
  }

  /** Of a base whose record is damaged it cannot be told; its file stays while disks need it. */
  private void requireUnused(BaseKey key, Dependence dependence) throws IOException {
    List<DiskName> users;
    try {
      users = users(key, dependence);
    } catch (RecordFormatException e) {
      return;
    }
    if (!users.isEmpty()) {
      throw inUse(users.stream().map(DiskName::value).toList());
    }
  }

  private List<String> dependentFiles(Path base, Dependence dependence) throws IOException {
    List<String> files = new ArrayList<>();
    for (Path file : pool.disks().files()) {
      if (refersTo(file, base, dependence)) {
        files.add(Folders.name(file));
      }
    }
    return files;
  }

  /** A file that cannot be read yet is not published yet, and its maker will miss the record. */
  private static boolean refersTo(Path file, Path base, Dependence dependence) {
    try {
      return dependence.holds(file, base);
    } catch (IOException e) {
      return false;
    }
  }

  private static DiskException inUse(List<String> users) {
    String named = String.join(", ", users.stream().limit(MOST_NAMED).toList());
    return DiskException.of(Reason.HAS_DEPENDENTS, "evict base")
        .said(
            "%d disks depend on it: %s%s"
                .formatted(users.size(), named, users.size() > MOST_NAMED ? " …" : ""))
        .remedy("flatten or delete them first")
        .build();
  }
}
