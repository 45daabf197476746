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
  private final Future<Long> id;

  private BaseSnapshot(RbdImage image, Future<Long> id) {
    this.image = image;
    this.id = id;
  }

  /** Sees to an id for the snapshot of an image that is going to be filled. */
  static BaseSnapshot ahead(RbdPool pool, RbdImage image) throws CephException {
    return new BaseSnapshot(image, pool.snapshotIds().next(image.dataPool()));
  }

  /** Takes it of all that has been written; nothing may be written any more. */
  void take() throws IOException {
    Optional<Long> known = id();
    if (known.isPresent() && (image.features() & ~RbdImage.SNAPSHOT_BY_ID) == 0) {
      image.createSnapshot(RbdBases.SNAPSHOT, known.get());
    } else {
      image.createSnapshot(RbdBases.SNAPSHOT);
    }
  }

  /** The monitors may have been away then, and be there now. */
  private Optional<Long> id() throws IOException {
    try {
      return Optional.of(BoundedCalls.await(id));
    } catch (CephException e) {
      LOG.warn("a snapshot's id is asked for once more: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
