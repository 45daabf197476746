package io.diskwright.toolkit.pool;

import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import io.diskwright.toolkit.pool.Dependents.BaseOf;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** The bases of a pool of files: found, filled once, and let go of when no disk depends on them. */
final class FileBases {
  private static final int MODE = 0444;
  private static final int MOST_NAMED = 10;

  private final FilePool pool;
  private final BaseOf baseOf;

  FileBases(FilePool pool, BaseOf baseOf) {
    this.pool = pool;
    this.baseOf = baseOf;
  }

  Optional<BaseRecord> find(BaseKey key) throws IOException {
    Optional<Stored> stored = pool.bases().find(key.value());
    return stored.isEmpty()
        ? Optional.empty()
        : Optional.of(stored.get().read(BaseRecord::fromAttributes));
  }

  BaseRecord findOrFill(BaseRequest request, Fill fill, Call call) throws IOException {
    Optional<BaseRecord> there = find(request.key());
    if (there.isPresent()) {
      return there.get();
    }
    there = swept(request.key(), call);
    return there.isPresent() ? there.get() : fill(request, fill);
  }

  /** Clears up after killed calls; finds the base that was restored if one was. */
  private Optional<BaseRecord> swept(BaseKey key, Call call) throws IOException {
    Recovery unused = sweep(name -> name.startsWith(key.value()), call);
    return find(key);
  }

  private BaseRecord fill(BaseRequest request, Fill fill) throws IOException {
    String key = request.key().value();
    try (Attempt attempt = pool.bases().attempt(key, request.format())) {
      attempt.file().truncate(request.length());
      FillProof proof = fill.into(new FileSink(pool, attempt, request.length()));
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
  List<DiskName> users(BaseKey key) throws IOException {
    Optional<Stored> base = pool.bases().find(key.value());
    return base.isEmpty()
        ? List.of()
        : names(Dependents.disks(pool.disks(), baseOf).of(base.get().data()));
  }

  private static List<DiskName> names(List<String> users) {
    return users.stream().map(DiskName::new).toList();
  }

  /** Tells what each base costs and who needs it, oldest first. */
  List<BaseUsage> usage(Call call) throws IOException {
    Dependents users = Dependents.disks(pool.disks(), baseOf);
    List<BaseUsage> usage = new ArrayList<>();
    for (Stored stored : pool.bases().list()) {
      call.check("list bases");
      Optional<BaseRecord> record = stored.tryRead(BaseRecord::fromAttributes);
      if (record.isPresent()) {
        pool.bases().look(stored, base -> usage(record.get(), base, users)).ifPresent(usage::add);
      }
    }
    usage.sort(Comparator.comparing(one -> one.base().created()));
    return usage;
  }

  private static BaseUsage usage(BaseRecord record, Stored base, Dependents users)
      throws IOException {
    FileStat stat = FileStat.of(base.record());
    try (NativeFile data = NativeFile.openRead(base.data())) {
      return new BaseUsage(
          record, data.allocated(), stat.modified(), stat.sticky(), names(users.of(base.data())));
    }
  }

  /** The record's sticky bit says that its base is pinned: it goes wherever the record goes. */
  void pin(BaseKey key, boolean pinned) throws IOException {
    Stored base = pool.bases().find(key.value()).orElseThrow(() -> evicted(key));
    try (NativeFile record = NativeFile.openRead(base.record())) {
      record.mode(record.stat().permissions(pinned));
      record.sync();
    }
  }

  BaseRecord reverified(BaseRecord base, FillProof proof) throws IOException {
    requireThere(base);
    BaseRecord now = base.with(proof);
    pool.bases().rewrite(base.key().value(), now.attributes(), true);
    return now;
  }

  /** The record's time of modification says when a disk was last made of its base. */
  void markUsed(BaseRecord base) throws IOException {
    pool.bases().touch(base.key().value());
  }

  /** Opens a base's bytes. */
  Content open(BaseRecord base) throws IOException {
    Path path = file(base);
    NativeFile file;
    try {
      file = NativeFile.openRead(path);
    } catch (OsException e) {
      throw e.errno() == Errno.ENOENT ? evicted(base.key()) : e;
    }
    long length = file.stat().size();
    if (length != base.length()) {
      file.close();
      throw DiskException.of(Reason.CORRUPT, "read base")
          .said("its file has %d bytes, and %d were published".formatted(length, base.length()))
          .remedy("delete or flatten the disks that depend on it, and evict it")
          .build();
    }
    return new FileContent(file, length, "read base");
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

  Eviction evict(BaseKey key, Call call) throws IOException {
    Eviction eviction = evictAll(Set.of(key), call).getOrDefault(key, Eviction.ABSENT);
    if (eviction == Eviction.IN_USE) {
      throw inUse(users(key).stream().map(DiskName::value).toList());
    }
    return eviction;
  }

  Map<BaseKey, Eviction> evictAll(Set<BaseKey> keys, Call call) throws IOException {
    Set<String> missing =
        keys.stream()
            .map(BaseKey::value)
            .filter(key -> !pool.bases().has(key))
            .collect(Collectors.toSet());
    if (!missing.isEmpty()) {
      Recovery unused = sweep(name -> missing.contains(name.split("\\.", 2)[0]), call);
    }
    // What killed calls left of disks depends on bases too, and on nobody's behalf.
    Recovery unused = new Sweep(pool.disks(), call).run(name -> true, file -> false).recovery();
    try (FileEviction eviction = new FileEviction(pool, baseOf)) {
      return eviction.run(keys);
    }
  }

  /** Sweeps what killed calls left of any base. */
  Recovery recover(Call call) throws IOException {
    return sweep(name -> true, call);
  }

  private Recovery sweep(Predicate<String> names, Call call) throws IOException {
    return new Sweep(pool.bases(), call)
        .run(names, file -> !Dependents.files(pool.disks(), baseOf).of(file).isEmpty())
        .recovery();
  }

  private static DiskException inUse(List<String> users) {
    String named = String.join(", ", users.stream().limit(MOST_NAMED).toList());
    return DiskException.of(Reason.HAS_DEPENDENTS, "evict base")
        .said(
            users.isEmpty()
                ? "a disk that is being made depends on it"
                : "%d disks depend on it: %s%s"
                    .formatted(users.size(), named, users.size() > MOST_NAMED ? " …" : ""))
        .remedy("flatten or delete them first")
        .build();
  }
}
