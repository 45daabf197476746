package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;

/**
 * An image that is listed in a pool.
 *
 * @param name its name
 * @param id its id, which it keeps when it is renamed or goes to the trash
 */
public record ImageName(String name, String id) {
  /** The size of {@code rbd_image_spec_t}. */
  static final long SIZE = 16;

  static ImageName of(Pointer spec) {
    return new ImageName(Names.at(spec, 8), Names.at(spec, 0));
  }
}
