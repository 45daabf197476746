package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.GroupState;
import io.diskwright.backend.lvm.lvm2.RecordTags;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.backend.lvm.lvm2.VolumeNames;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import io.diskwright.toolkit.os.OsErrors;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.regex.Pattern;

/** Opens pools, and marks a thin pool as one when it is not yet. */
final class LvmPools {
  /** The layout that this code reads and writes. */
  static final int LAYOUT_VERSION = 1;

  private static final String TRIED = "open pool";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9+_.][A-Za-z0-9+_.-]{0,126}");
  private static final Pattern SYSTEM_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Path FOLDERS = Path.of("/var/lib/diskwright/lvm");

  private LvmPools() {}

  static LvmPool open(PoolContext context, String backend) throws DiskException {
    String name = context.name().value();
    Settings settings = context.settings();
    String thinPool = settings.get(LvmKeys.THIN_POOL);
    String place = settings.get(LvmKeys.VOLUME_GROUP) + '/' + thinPool;
    Call call = Call.within(PATIENCE);
    try {
      VolumeGroup group = group(settings);
      requireName("thin-pool", thinPool);
      GroupState state = requireGroup(group, settings.get(LvmKeys.ALLOW_SHARED), call);
      Volume pool = requireThinPool(group, thinPool, call);
      if (!settings.get(LvmKeys.ALLOW_NO_ZERO)) {
        requireZeroing(pool, group);
      }
      PoolFolder folder =
          PoolFolder.open(
              settings
                  .find(LvmKeys.PATH)
                  .orElse(FOLDERS.resolve(group.name()).resolve(thinPool))
                  .toAbsolutePath());
      LockManager locks = context.hostLocks(folder.locks());
      try {
        PoolIdentity identity = identity(group, pool, backend, locks, call);
        return new LvmPool(context, group, state, pool, folder, identity, locks);
      } catch (IOException | RuntimeException e) {
        locks.close();
        throw e;
      }
    } catch (DiskException e) {
      throw e.on(name, place);
    } catch (IOException e) {
      throw OsErrors.toFailure(e, TRIED).pool(name).resource(place).build();
    }
  }

  private static VolumeGroup group(Settings settings) throws DiskException {
    String name = settings.get(LvmKeys.VOLUME_GROUP);
    requireName("volume-group", name);
    Optional<String> systemId = settings.find(LvmKeys.SYSTEM_ID);
    if (systemId.isEmpty()) {
      return new VolumeGroup(name);
    }
    if (!SYSTEM_ID.matcher(systemId.get()).matches()) {
      throw refused(
          "system-id (%s) must be what LVM takes: %s".formatted(systemId.get(), SYSTEM_ID),
          "see the group's with: vgs --foreign -o +systemid");
    }
    return VolumeGroup.ofHost(systemId.get(), name);
  }

  /** What lvm2 could take for an option, or for more than a name in a selection, is none. */
  private static void requireName(String key, String name) throws DiskException {
    if (!NAME.matcher(name).matches()) {
      throw refused(
          "%s (%s) must be a name that LVM takes: %s".formatted(key, name, NAME),
          "see which there are with: lvs -o vg_name,lv_name");
    }
  }

  private static GroupState requireGroup(VolumeGroup group, boolean mayBeShared, Call call)
      throws DiskException {
    GroupState state =
        group
            .state(call)
            .orElseThrow(
                () ->
                    DiskException.of(Reason.NOT_FOUND, TRIED)
                        .said(
                            "there is no volume group '%s', or it belongs to another host"
                                .formatted(group.name()))
                        .remedy(
                            "see which there are with: vgs --foreign; if this host is to have it, set"
                                + " system-id")
                        .build());
    boolean shared = !state.lockType().isEmpty() && !state.lockType().equals("none");
    if (shared && !mayBeShared) {
      throw refused(
          "group '%s' is shared by hosts (lock type %s)".formatted(group.name(), state.lockType()),
          "use a group that one host has, or set allow-shared");
    }
    if (state.partial()) {
      throw DiskException.of(Reason.UNAVAILABLE, TRIED)
          .said("physical volumes of group '%s' are missing".formatted(group.name()))
          .remedy("bring them back, or see: vgreduce --removemissing")
          .build();
    }
    if (!VolumeNames.fits(group.name(), Volumes.BASE + "0".repeat(64))) {
      throw refused(
          "the name of group '%s' is too long for device-mapper".formatted(group.name()),
          "rename it with: vgrename");
    }
    return state;
  }

  private static Volume requireThinPool(VolumeGroup group, String name, Call call)
      throws DiskException {
    Volume pool =
        group
            .volume(name, call)
            .orElseThrow(
                () ->
                    DiskException.of(Reason.NOT_FOUND, TRIED)
                        .said("there is no volume '%s' in it".formatted(name))
                        .remedy("make one with: lvcreate --type thin-pool")
                        .build());
    if (!pool.kind().equals("thin-pool")) {
      throw refused("volume '%s' is a %s volume".formatted(name, pool.kind()), "name a thin pool");
    }
    return pool;
  }

  private static void requireZeroing(Volume pool, VolumeGroup group) throws DiskException {
    if (!pool.zeroes()) {
      throw refused(
          "it does not zero what it hands out, so that disks would see old data of others",
          "have it zero with: lvchange --zero y %s/%s, or set allow-no-zero"
              .formatted(group.name(), pool.name()));
    }
  }

  private static DiskException refused(String said, String remedy) {
    return DiskException.of(Reason.CONFIGURATION, TRIED).said(said).remedy(remedy).build();
  }

  /** The lock is one of the host's, and only one host has the group. */
  @SuppressWarnings("try") // the lease is held, not used
  private static PoolIdentity identity(
      VolumeGroup group, Volume thinPool, String backend, LockManager locks, Call call)
      throws DiskException {
    SortedMap<String, String> marker = tags(thinPool);
    if (!marker.isEmpty()) {
      return requireOurs(marker, backend);
    }
    LockKey lock = new LockKey(LockKey.Scope.SPACE, "marker");
    try (Lease lease = locks.acquire(lock, LockMode.EXCLUSIVE, call)) {
      List<Volume> volumes = group.volumes(call);
      for (Volume volume : volumes) {
        if (volume.name().equals(thinPool.name())) {
          marker = tags(volume);
        } else if (volume.kind().equals("thin-pool") && !tags(volume).isEmpty()) {
          throw refused(
              "group '%s' has a pool already, in thin pool '%s', and volumes have names of the group"
                  .formatted(group.name(), volume.name()),
              "use that thin pool, or a group of its own");
        }
      }
      if (marker.isEmpty()) {
        marker = new TreeMap<>();
        marker.put("uuid", UUID.randomUUID().toString());
        marker.put("backend", backend);
        marker.put("layout", Integer.toString(LAYOUT_VERSION));
        group.retag(thinPool.name(), List.of(), RecordTags.format(marker), call);
      }
      return requireOurs(marker, backend);
    }
  }

  private static PoolIdentity requireOurs(SortedMap<String, String> values, String backend)
      throws DiskException {
    PoolIdentity identity = read(values);
    if (!identity.backend().equals(backend)) {
      throw refused(
          "it belongs to backend '%s', not '%s'".formatted(identity.backend(), backend),
          "give the pool a thin pool of its own");
    }
    if (identity.layoutVersion() != LAYOUT_VERSION) {
      throw refused(
          "its layout is version %d, and this program knows version %d"
              .formatted(identity.layoutVersion(), LAYOUT_VERSION),
          "use the version of Diskwright that made it");
    }
    return identity;
  }

  private static SortedMap<String, String> tags(Volume thinPool) throws DiskException {
    try {
      return RecordTags.parse(thinPool.tags());
    } catch (IllegalArgumentException e) {
      throw noMarker(e);
    }
  }

  private static PoolIdentity read(SortedMap<String, String> values) throws DiskException {
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
    return DiskException.of(Reason.CORRUPT, TRIED)
        .said("its tags are no pool's marker: " + why.getMessage())
        .remedy("restore the tags of the thin pool that begin with dw:")
        .cause(why)
        .build();
  }
}
