package io.diskwright.core.provision;

import io.diskwright.core.event.Events;
import io.diskwright.core.fill.FillLimits;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.lock.LockManager;

/**
 * A pool that is open.
 *
 * @param name its name
 * @param backend its backend
 * @param locks its locks, the backend's, which tell of waits
 * @param virtualSizeLimit the largest virtual size of an image or disk, in bytes
 * @param fillLimits how long filling a base may take
 * @param baseChecksums whether a checksum of each base is computed when it is filled
 * @param events whom to tell what happens
 */
public record OpenPool(
    PoolName name,
    ImageBackend backend,
    LockManager locks,
    long virtualSizeLimit,
    FillLimits fillLimits,
    boolean baseChecksums,
    Events events) {}
