package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.RbdDisks.Found;
import io.diskwright.backend.rbd.ceph.ImageOptions;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.backend.rbd.ceph.RbdParent;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.Optional;

/** Copies into disks what they read from their bases. */
final class RbdFlattening implements Flattening {
  private static final String TRIED = "flatten disk";

  private final RbdPool pool;
  private final RbdDisks disks;

  RbdFlattening(RbdPool pool, RbdDisks disks) {
    this.pool = pool;
    this.disks = disks;
  }

  @Override
  public boolean flatten(DiskName name, Call call) throws DiskException {
    return pool.run(TRIED, name, call, gate -> flatten(name, gate));
  }

  /** Ended early, the clone has more of its own than before, and is as good. */
  private boolean flatten(DiskName name, Gate gate) throws IOException {
    Found disk = disks.require(name);
    disks.requireOffline(disk, TRIED);
    Optional<RbdParent> parent;
    try (RbdImage image = pool.images().openById(disk.image().id(), false)) {
      parent = image.parent();
      if (parent.isEmpty()) {
        return false;
      }
      requireSnapshotsFollow(image);
      image.flatten((done, total) -> gate.report("flattening", done, total));
    }
    disks.disposeOfRetired(parent.get());
    return true;
  }

  /** Without deep-flatten the disk's snapshots would go on reading from the base. */
  private static void requireSnapshotsFollow(RbdImage image) throws IOException {
    boolean deep = (image.features() & ImageOptions.FEATURE_DEEP_FLATTEN) != 0;
    if (!deep && !image.snapshots().isEmpty()) {
      throw DiskException.of(Reason.UNSUPPORTED, TRIED)
          .said("its snapshots read from the base, and its image lacks RBD's feature deep-flatten")
          .remedy("remove its snapshots first; for new disks, name deep-flatten in image-features")
          .build();
    }
  }
}
