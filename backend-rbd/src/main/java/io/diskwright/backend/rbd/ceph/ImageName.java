package io.diskwright.backend.rbd.ceph;

/**
 * An image that is listed in a pool.
 *
 * @param name its name
 * @param id its id, which it keeps when it is renamed or goes to the trash
 */
public record ImageName(String name, String id) {}
