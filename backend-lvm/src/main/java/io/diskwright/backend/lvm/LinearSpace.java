package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.Device;
import io.diskwright.backend.lvm.lvm2.GroupMetadata;
import io.diskwright.backend.lvm.lvm2.GroupMetadata.Extents;
import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.backend.lvm.lvm2.VolumeGroup;
import io.diskwright.spi.backend.Finding;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.os.BlockDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** The extents of a group, of which each volume has its own. */
final class LinearSpace implements Space {
  private final VolumeGroup group;
  private final GroupMetadata metadata;
  private final Wiping wiping;

  LinearSpace(VolumeGroup group, GroupMetadata metadata, Wiping wiping) {
    this.group = group;
    this.metadata = metadata;
    this.wiping = wiping;
  }

  @Override
  public String thinPool() {
    return "";
  }

  /** lvm2 fails by itself when the group is gone. */
  @Override
  public void requireAmong(Volumes volumes) {}

  @Override
  public PoolUsage usage(Call call) throws DiskException {
    Extents extents = metadata.extents(call);
    return new PoolUsage(extents.size(), extents.free());
  }

  @Override
  public long taken(String volume, Call call) throws DiskException {
    return new Volumes(metadata.volumes(call)).find(volume).map(Volume::size).orElse(0L);
  }

  /** Returns whether volumes are wiped. */
  boolean wipes() {
    return wiping != Wiping.NONE;
  }

  @Override
  public void dispose(String volume, Call call) throws IOException {
    if (wipes()) {
      group.deactivate(volume, call); // which fails when somebody has it open
      group.activate(volume, call);
      Path path = group.device(volume);
      try (BlockDevice device = BlockDevice.openWrite(path)) {
        wiping.wipe(device, Device.read(path).size(), call);
      }
    }
    group.remove(volume, call);
  }

  /** All there is to look at is how much is free. */
  @Override
  public List<Finding> check(Call call) {
    return List.of();
  }
}
