package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.RbdChild;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bases of a pool: images with one snapshot, of which disks are clones; any thread. */
final class RbdBases {
  /** The snapshot that clones are made of. */
  static final String SNAPSHOT = "base";

  private static final Logger LOG = LoggerFactory.getLogger(RbdBases.class);
  private static final int KEY_DIGITS = 16;
  private static final String TIME = "time";
  private static final String FILL = "fill base";

  private final RbdPool pool;

  RbdBases(RbdPool pool) {
    this.pool = pool;
  }

  Optional<BaseRecord> find(BaseKey key) throws IOException {
    Optional<Entry> entry = pool.index().find(IndexKeys.base(key));
    return entry.isEmpty() ? Optional.empty() : Optional.of(record(entry.get()));
  }

  private static BaseRecord record(Entry entry) throws IndexFormatException {
    try {
      return BaseRecord.fromAttributes(entry.values());
    } catch (IllegalArgumentException e) {
      throw new IndexFormatException(entry.key(), String.valueOf(e.getMessage()));
    }
  }

  /** Lists them, oldest first; one that is damaged does not hide the others. */
  List<BaseRecord> list() throws IOException {
    List<BaseRecord> records = new ArrayList<>();
    for (Entry entry : pool.index().list(IndexKeys.BASES)) {
      try {
        records.add(record(entry));
      } catch (IndexFormatException e) {
        LOG.warn("left out of the list: {}", e.getMessage());
      }
    }
    records.sort(Comparator.comparing(BaseRecord::created));
    return records;
  }

  /**
   * The fill runs in the caller's thread, and each of its writes for no longer than the call
   * allows.
   */
  BaseRecord findOrFill(BaseRequest request, Fill fill, Call call) throws IOException {
    BaseKey key = request.key();
    Optional<BaseRecord> there = pool.within(FILL, key, call, gate -> find(key));
    if (there.isPresent()) {
      return there.get();
    }
    String name = "base." + key.value().substring(0, KEY_DIGITS);
    Filling filling =
        pool.within(FILL, key, call, gate -> Filling.begin(pool, name, request), Filling::close);
    try {
      FillProof proof = fill.into(filling.sink(call));
      there = pool.within(FILL, key, call, gate -> filling.publish(proof, gate));
    } finally {
      pool.finish(call, filling::close);
    }
    if (there.isEmpty()) {
      there = pool.within(FILL, key, call, gate -> find(key));
    }
    return there.orElseThrow(
        () ->
            DiskException.of(Reason.UNAVAILABLE, FILL)
                .said("another call has filled it, and one more has evicted that")
                .remedy("try again")
                .build());
  }

  static Entry entry(BaseRecord record) {
    return Index.entry(IndexKeys.base(record.key()), record.attributes());
  }

  /** Returns what says that a disk has been made of a base now. */
  static Entry usedNow(BaseKey key) {
    return Index.entry(IndexKeys.used(key), Map.of(TIME, Instant.now().toString()));
  }

  static StorageId image(BaseRecord base) throws IndexFormatException {
    try {
      return StorageId.parse(base.storageId());
    } catch (IllegalArgumentException e) {
      throw new IndexFormatException(IndexKeys.base(base.key()), String.valueOf(e.getMessage()));
    }
  }

  /** Lists the disks that are clones of a base, by what the storage says. */
  List<DiskName> users(BaseKey key) throws IOException {
    Optional<BaseRecord> base = find(key);
    return base.isEmpty() ? List.of() : users(base.get(), disksByImage());
  }

  private List<DiskName> users(BaseRecord base, Map<String, DiskName> disks) throws IOException {
    List<DiskName> users = new ArrayList<>();
    for (RbdChild child : children(base)) {
      DiskName disk = disks.get(child.imageId());
      if (disk != null) {
        users.add(disk);
      }
    }
    users.sort(Comparator.comparing(DiskName::value));
    return users;
  }

  private List<RbdChild> children(BaseRecord base) throws IOException {
    try (RbdImage image = pool.images().openById(image(base).id(), true)) {
      image.setSnapshot(Optional.of(SNAPSHOT));
      return image.children();
    } catch (CephException e) {
      if (e.is(Errno.ENOENT)) {
        return List.of();
      }
      throw e;
    }
  }

  private Map<String, DiskName> disksByImage() throws IOException {
    Map<String, DiskName> disks = new HashMap<>();
    for (Entry entry : pool.index().list(IndexKeys.DISKS)) {
      try {
        String id = entry.values().getOrDefault("storage-id", "");
        disks.put(StorageId.parse(id).id(), new DiskName(entry.nameBehind(IndexKeys.DISKS)));
      } catch (IndexFormatException | IllegalArgumentException e) {
        LOG.warn("{} is left out: {}", entry.key(), e.getMessage());
      }
    }
    return disks;
  }

  /** Tells what each base costs and who needs it, oldest first. */
  List<BaseUsage> usage(Gate gate) throws IOException {
    Map<String, DiskName> disks = disksByImage();
    List<BaseUsage> usage = new ArrayList<>();
    for (BaseRecord base : list()) {
      gate.check();
      Map<String, Entry> about =
          pool.index().find(List.of(IndexKeys.pin(base.key()), IndexKeys.used(base.key())));
      usage.add(
          new BaseUsage(
              base,
              allocated(base),
              lastUsed(base, about),
              about.containsKey(IndexKeys.pin(base.key())),
              users(base, disks)));
    }
    return usage;
  }

  private static Instant lastUsed(BaseRecord base, Map<String, Entry> about) throws IOException {
    Entry used = about.get(IndexKeys.used(base.key()));
    return used == null ? base.created() : Instant.parse(used.values().getOrDefault(TIME, ""));
  }

  private long allocated(BaseRecord base) throws IOException {
    long[] sum = {0};
    try (RbdImage image = pool.images().openById(image(base).id(), true)) {
      image.setSnapshot(Optional.of(SNAPSHOT));
      image.extents(0, base.length(), (offset, length, data) -> sum[0] += data ? length : 0);
    } catch (CephException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
    return sum[0];
  }

  void pin(BaseKey key, boolean pinned) throws IOException {
    Entry base = pool.index().find(IndexKeys.base(key)).orElseThrow(() -> evicted(key));
    Index.Change change = pool.index().change().ifStill(base);
    if (pinned) {
      change.set(Index.entry(IndexKeys.pin(key), Map.of("since", Instant.now().toString())));
    } else {
      change.remove(IndexKeys.pin(key));
    }
    if (!change.make()) {
      throw evicted(key);
    }
  }

  BaseRecord reverified(BaseRecord base, FillProof proof) throws IOException {
    BaseRecord now = base.with(proof);
    if (!pool.index().change().ifStill(entry(base)).set(entry(now)).make()) {
      throw evicted(base.key());
    }
    return now;
  }

  RbdContent open(BaseRecord base, Call call) throws IOException {
    try {
      RbdImage image = pool.images().openById(image(base).id(), true);
      try {
        image.setSnapshot(Optional.of(SNAPSHOT));
        long size = image.size();
        if (size != base.length()) {
          throw DiskException.of(Reason.CORRUPT, "read base")
              .said("its image has %d bytes, and %d were published".formatted(size, base.length()))
              .remedy("delete or flatten the disks that depend on it, and evict it")
              .build();
        }
        return new RbdContent(pool, image, size, "read base", call);
      } catch (IOException | RuntimeException e) {
        image.close();
        throw e;
      }
    } catch (CephException e) {
      throw e.is(Errno.ENOENT) ? gone(base) : e;
    }
  }

  /** Says why a base's image is not there: it was evicted, or somebody removed it. */
  IOException gone(BaseRecord base) throws IOException {
    return find(base.key()).filter(now -> now.storageId().equals(base.storageId())).isEmpty()
        ? evicted(base.key())
        : DiskException.of(Reason.CORRUPT, "use base")
            .said("image %s of the base is gone, and not by us".formatted(base.storageId()))
            .remedy("remove its record with: diskwright base evict " + base.key().value())
            .build();
  }

  private DiskException evicted(BaseKey key) {
    return DiskException.of(Reason.NOT_FOUND, "use base")
        .pool(pool.name())
        .resource(key.value())
        .said("it was evicted")
        .remedy("try again, so that it is cached again")
        .build();
  }

  /**
   * Takes a base out of the index, and then its image away; disks that are clones of it keep its
   * bytes until they go, too.
   */
  Eviction evict(BaseKey key, Gate gate) throws IOException {
    Optional<Entry> found = pool.index().find(IndexKeys.base(key));
    if (found.isEmpty()) {
      return Eviction.ABSENT;
    }
    Entry base = found.get();
    Entry gone = goneEntry(base);
    gate.commit();
    Index.Change change =
        pool.index()
            .change()
            .ifStill(base)
            .set(gone)
            .remove(base.key(), IndexKeys.pin(key), IndexKeys.used(key));
    if (!change.make()) {
      return Eviction.ABSENT; // another call was faster
    }
    return switch (pool.disposal().dispose(gone)) {
      case REMOVED -> Eviction.REMOVED;
      case RETIRED, IN_USE, HAS_CLONES, TAKEN -> Eviction.RETIRED;
    };
  }

  /** A record that is damaged may name no image; then there is none to remove. */
  private static Entry goneEntry(Entry base) throws IndexFormatException {
    SortedMap<String, String> values = new TreeMap<>(base.values());
    StorageId image = image(record(base));
    return Index.entry(IndexKeys.gone(image.image()), values);
  }

  static DiskFormat format() {
    return DiskFormat.RAW;
  }
}
