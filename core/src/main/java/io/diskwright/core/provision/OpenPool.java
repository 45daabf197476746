package io.diskwright.core.provision;

import io.diskwright.core.fill.FillLimits;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.PoolName;

/**
 * A pool that is open.
 *
 * @param name its name
 * @param backend its backend
 * @param virtualSizeLimit the largest virtual size of an image or disk, in bytes
 * @param fillLimits how long filling a base may take
 * @param baseChecksums whether a checksum of each base is computed when it is filled
 */
public record OpenPool(
    PoolName name,
    ImageBackend backend,
    long virtualSizeLimit,
    FillLimits fillLimits,
    boolean baseChecksums) {}
