package io.diskwright.backend.rbd.ceph;

import java.util.OptionalLong;

/**
 * How full a pool is, as the monitors know it, which is some seconds old.
 *
 * @param stored how much data it holds, before replication
 * @param available how much more can be written before the first device is full, before replication
 * @param quota the most that it may hold; empty when there is no quota
 */
public record PoolStats(long stored, long available, OptionalLong quota) {}
