package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.RbdImage;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The snapshot that a base ends with, whose id is there by then (decision 0027). One thread. */
final class BaseSnapshot {
  private static final Logger LOG = LoggerFactory.getLogger(BaseSnapshot.class);

  private final RbdImage image;

  /** Empty when librbd is to ask for it. */
  private final Optional<Future<Long>> id;

  private BaseSnapshot(RbdImage image, Optional<Future<Long>> id) {
    this.image = image;
    this.id = id;
  }

  /** Sees to an id for the snapshot of an image that is going to be filled. */
  static BaseSnapshot ahead(RbdPool pool, RbdImage image) throws CephException {
    boolean possible = (image.features() & ~RbdImage.SNAPSHOT_BY_ID) == 0;
    return new BaseSnapshot(
        image,
        possible ? Optional.of(pool.snapshotIds().next(image.dataPool())) : Optional.empty());
  }

  /** Takes it of all that has been written; nothing may be written any more. */
  void take() throws IOException {
    Optional<Long> known = id();
    if (known.isPresent()) {
      image.createSnapshot(RbdBases.SNAPSHOT, known.get());
    } else {
      image.createSnapshot(RbdBases.SNAPSHOT);
    }
  }

  /** The monitors may have been away when they were asked, and be there now. */
  private Optional<Long> id() throws IOException {
    if (id.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(BoundedCalls.await(id.get()));
    } catch (CephException e) {
      LOG.warn("a snapshot's id is asked for once more: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
