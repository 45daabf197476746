package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.GroupMetadata;
import io.diskwright.backend.lvm.lvm2.GroupState;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.backend.lvm.lvm2.VolumeNames;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.toolkit.os.BlockDevice;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.pool.BaseFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Opens pools, thin or linear, when their group is what they need. */
final class LvmPools {
  static final String TRIED = "open pool";
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9+_.][A-Za-z0-9+_.-]{0,126}");
  private static final Pattern SYSTEM_ID = Pattern.compile("[A-Za-z0-9._:-]{1,128}");
  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Path THIN_FOLDERS = Path.of("/var/lib/diskwright/lvm");
  private static final Path LINEAR_FOLDERS = Path.of("/var/lib/diskwright/linear");

  private final PoolContext context;
  private final String backend;
  private final VolumeGroup group;
  private final GroupState state;
  private final GroupMetadata metadata;
  private final Call call;

  private LvmPools(
      PoolContext context, String backend, VolumeGroup group, GroupState state, Call call) {
    this.context = context;
    this.backend = backend;
    this.group = group;
    this.state = state;
    this.metadata = new GroupMetadata(group, state);
    this.call = call;
  }

  static LvmBackend open(PoolContext context, String backend) throws DiskException {
    Settings settings = context.settings();
    Optional<String> thinPool = settings.find(LvmKeys.THIN_POOL);
    String place = settings.get(LvmKeys.VOLUME_GROUP) + thinPool.map(name -> '/' + name).orElse("");
    Call call = Call.within(PATIENCE);
    try {
      VolumeGroup group = group(settings);
      GroupState state = requireGroup(group, settings.get(LvmKeys.ALLOW_SHARED), call);
      LvmPools pools = new LvmPools(context, backend, group, state, call);
      return thinPool.isPresent() ? pools.thin(thinPool.get()) : pools.linear();
    } catch (DiskException e) {
      throw e.on(context.name().value(), place);
    } catch (IOException e) {
      throw OsErrors.toFailure(e, TRIED).pool(context.name().value()).resource(place).build();
    }
  }

  private LvmBackend thin(String name) throws IOException {
    requireName("thin-pool", name);
    if (context.settings().find(LvmKeys.WIPE).isPresent()) {
      throw refused("wipe is for linear volumes, and thin-pool is set", "leave one of the two out");
    }
    Volume thinPool = requireThinPool(name);
    if (!context.settings().get(LvmKeys.ALLOW_NO_ZERO)) {
      requireZeroing(thinPool, group);
    }
    ThinSpace space = new ThinSpace(group, state, thinPool);
    Path folder = THIN_FOLDERS.resolve(group.name()).resolve(name);
    return LvmBackend.thin(pool(space, thinPool.tags(), folder), space);
  }

  private LvmBackend linear() throws IOException {
    if (state.extentSize() % BlockDevice.BLOCK != 0) {
      throw refused(
          "its extents of %d bytes are no multiple of %d"
              .formatted(state.extentSize(), BlockDevice.BLOCK),
          "change them with: vgchange -s");
    }
    Wiping wiping = context.settings().find(LvmKeys.WIPE).map(Wiping::of).orElse(Wiping.ZERO);
    LinearSpace space = new LinearSpace(group, metadata, wiping);
    LvmPool pool = pool(space, state.tags(), LINEAR_FOLDERS.resolve(group.name()));
    try {
      BaseFolder bases = BaseFolder.open(context, pool.folder().bases(), backend);
      return LvmBackend.linear(pool, space, bases);
    } catch (IOException | RuntimeException e) {
      pool.close();
      throw e;
    }
  }

  /** Opens what any pool on LVM has; {@code tags} are those among which its marker is. */
  private LvmPool pool(Space space, List<String> tags, Path usualFolder) throws IOException {
    Path path = context.settings().find(LvmKeys.PATH).orElse(usualFolder);
    PoolFolder folder = PoolFolder.open(path.toAbsolutePath());
    LockManager locks = context.hostLocks(folder.locks());
    try {
      PoolIdentity identity = new PoolMarker(group, space, backend).readOrMake(tags, locks, call);
      return new LvmPool(
          context, group, metadata, state.extentSize(), space, folder, identity, locks);
    } catch (IOException | RuntimeException e) {
      locks.close();
      throw e;
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
    if (state.isShared() && !mayBeShared) {
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

  /** All volumes are asked for, so that the pool need not ask again soon. */
  private Volume requireThinPool(String name) throws DiskException {
    Volume pool =
        new Volumes(metadata.ask(call))
            .find(name)
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

  static DiskException refused(String said, String remedy) {
    return DiskException.of(Reason.CONFIGURATION, TRIED).said(said).remedy(remedy).build();
  }
}
