package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.RbdImage;

/** What is asked of an image's header without opening the image for use. */
final class ImageHeader {
  private ImageHeader() {}

  /**
   * Returns the size that an image has now, in bytes.
   *
   * @throws CephException with {@code ENOENT} when there is no such image
   */
  static long size(CephPool pool, String id) throws CephException {
    try (RbdImage image = pool.openById(id, true)) {
      return image.size();
    }
  }
}
