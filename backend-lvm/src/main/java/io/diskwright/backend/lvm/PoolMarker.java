package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.GroupState;
import io.diskwright.backend.lvm.lvm2.RecordTags;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * What says whose pool it is: tags of the thin pool, or of the group when there is none. A group
 * has one pool, as volumes have names of the group.
 */
final class PoolMarker {
  /** The layout that this code reads and writes. */
  private static final int LAYOUT_VERSION = 1;

  /** What stands for the group among the names of thin pools. */
  private static final String GROUP = "";

  private final VolumeGroup group;
  private final Space space;
  private final String backend;

  PoolMarker(VolumeGroup group, Space space, String backend) {
    this.group = group;
    this.space = space;
    this.backend = backend;
  }

  /**
   * Reads the marker, and makes one where there is none. The lock is one of the folder's: when one
   * pool with a thin pool and one without are opened for the first time in the same moment, both
   * are taken, and what is whose is told apart all the same.
   *
   * @param seen the tags among which it is, as they were a moment ago
   */
  @SuppressWarnings("try") // the lease is held, not used
  PoolIdentity readOrMake(List<String> seen, LockManager locks, Call call) throws DiskException {
    Optional<SortedMap<String, String>> marker = read(seen);
    if (marker.isPresent()) {
      return requireOurs(marker.get());
    }
    LockKey lock = new LockKey(LockKey.Scope.SPACE, "marker");
    try (Lease lease = locks.acquire(lock, LockMode.EXCLUSIVE, call)) {
      marker = readOurs(call);
      return requireOurs(marker.isPresent() ? marker.get() : make(call));
    }
  }

  /** Fails when another pool has the group. */
  private Optional<SortedMap<String, String>> readOurs(Call call) throws DiskException {
    SortedMap<String, List<String>> tagsOf = new TreeMap<>();
    tagsOf.put(GROUP, group.state(call).map(GroupState::tags).orElse(List.of()));
    for (Volume volume : group.volumes(call)) {
      if (volume.kind().equals("thin-pool")) {
        tagsOf.put(volume.name(), volume.tags());
      }
    }
    Optional<SortedMap<String, String>> ours =
        read(tagsOf.getOrDefault(space.thinPool(), List.of()));
    if (ours.isEmpty()) {
      for (var other : tagsOf.entrySet()) {
        if (read(other.getValue()).isPresent()) {
          throw taken(other.getKey());
        }
      }
    }
    return ours;
  }

  private DiskException taken(String other) {
    return LvmPools.refused(
        "group '%s' has a pool already, %s, and volumes have names of the group"
            .formatted(
                group.name(),
                other.equals(GROUP) ? "without a thin pool" : "in thin pool '" + other + "'"),
        other.equals(GROUP)
            ? "leave thin-pool out, or use a group of its own"
            : "use that thin pool, or a group of its own");
  }

  private SortedMap<String, String> make(Call call) throws DiskException {
    SortedMap<String, String> marker = new TreeMap<>();
    marker.put("uuid", UUID.randomUUID().toString());
    marker.put("backend", backend);
    marker.put("layout", Integer.toString(LAYOUT_VERSION));
    List<String> tags = RecordTags.format(marker);
    if (space.thinPool().equals(GROUP)) {
      group.tag(tags, call);
    } else {
      group.retag(space.thinPool(), List.of(), tags, call);
    }
    return marker;
  }

  private PoolIdentity requireOurs(SortedMap<String, String> values) throws DiskException {
    PoolIdentity identity = identity(values);
    if (!identity.backend().equals(backend)) {
      throw LvmPools.refused(
          "it belongs to backend '%s', not '%s'".formatted(identity.backend(), backend),
          "give the pool a group of its own");
    }
    if (identity.layoutVersion() != LAYOUT_VERSION) {
      throw LvmPools.refused(
          "its layout is version %d, and this program knows version %d"
              .formatted(identity.layoutVersion(), LAYOUT_VERSION),
          "use the version of Diskwright that made it");
    }
    return identity;
  }

  private static Optional<SortedMap<String, String>> read(List<String> tags) throws DiskException {
    try {
      return Optional.of(RecordTags.parse(tags)).filter(marker -> !marker.isEmpty());
    } catch (IllegalArgumentException e) {
      throw noMarker(e);
    }
  }

  private static PoolIdentity identity(SortedMap<String, String> values) throws DiskException {
    try {
      return new PoolIdentity(
          UUID.fromString(values.getOrDefault("uuid", "")),
          values.getOrDefault("backend", ""),
          Integer.parseInt(values.getOrDefault("layout", "")));
    } catch (IllegalArgumentException e) {
      throw noMarker(e);
    }
  }

  private static DiskException noMarker(IllegalArgumentException why) {
    return DiskException.of(Reason.CORRUPT, LvmPools.TRIED)
        .said("its tags are no pool's marker: " + why.getMessage())
        .remedy("restore the tags of the group or the thin pool that begin with dw:")
        .cause(why)
        .build();
  }
}
