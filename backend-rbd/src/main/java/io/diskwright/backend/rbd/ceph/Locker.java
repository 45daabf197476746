package io.diskwright.backend.rbd.ceph;

/**
 * Who holds a lock on an object.
 *
 * @param client the client, such as {@code client.4163}: the number is its {@link
 *     CephCluster#instanceId}
 * @param cookie what tells this hold from others of the same client
 * @param address the client's address, as {@link CephCluster#address} writes it
 */
public record Locker(String client, String cookie, String address) {}
