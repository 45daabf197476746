package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;

/**
 * A clone of an image.
 *
 * @param poolName the pool it is in
 * @param namespace the namespace there; empty for the default one
 * @param imageName its name
 * @param imageId its id
 * @param inTrash whether it is in the trash
 */
public record RbdChild(
    String poolName, String namespace, String imageName, String imageId, boolean inTrash) {
  /** The size of {@code rbd_linked_image_spec_t}. */
  static final long SIZE = 48;

  static RbdChild of(Pointer spec) {
    return new RbdChild(
        Names.at(spec, 8),
        Names.at(spec, 16),
        Names.at(spec, 32),
        Names.at(spec, 24),
        spec.getByte(40) != 0);
  }
}
