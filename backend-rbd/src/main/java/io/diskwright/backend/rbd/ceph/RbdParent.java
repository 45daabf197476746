package io.diskwright.backend.rbd.ceph;

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
    boolean inTrash) {}
