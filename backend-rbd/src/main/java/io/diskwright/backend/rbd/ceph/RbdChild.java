package io.diskwright.backend.rbd.ceph;

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
    String poolName, String namespace, String imageName, String imageId, boolean inTrash) {}
