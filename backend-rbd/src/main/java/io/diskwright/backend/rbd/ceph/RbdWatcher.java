package io.diskwright.backend.rbd.ceph;

/**
 * A client that has an image open for writing.
 *
 * @param address the client's address, as {@link CephCluster#address} writes it
 * @param id the client's instance id, {@link CephCluster#instanceId}
 * @param cookie which of the client's watches it is
 */
public record RbdWatcher(String address, long id, long cookie) {}
