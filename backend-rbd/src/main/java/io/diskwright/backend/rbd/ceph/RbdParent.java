package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;

/**
 * What an image was cloned from, and still depends on.
 *
 * @param poolName the pool it is in
 * @param namespace the namespace there; empty for the default one
 * @param imageName the parent image's name
 * @param imageId the parent image's id
 * @param snapshotName the snapshot's name
 * @param snapshotId the snapshot's id
 * @param inTrash whether the parent image is in the trash
 */
public record RbdParent(
    String poolName,
    String namespace,
    String imageName,
    String imageId,
    String snapshotName,
    long snapshotId,
    boolean inTrash) {
  /** The size of {@code rbd_linked_image_spec_t}. */
  static final long IMAGE_SIZE = 48;

  /** The size of {@code rbd_snap_spec_t}. */
  static final long SNAPSHOT_SIZE = 24;

  static RbdParent of(Pointer image, Pointer snapshot) {
    return new RbdParent(
        Names.at(image, 8),
        Names.at(image, 16),
        Names.at(image, 32),
        Names.at(image, 24),
        Names.at(snapshot, 16),
        snapshot.getLong(0),
        image.getByte(40) != 0);
  }
}
