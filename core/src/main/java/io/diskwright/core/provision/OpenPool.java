package io.diskwright.core.provision;

import io.diskwright.core.event.Events;
import io.diskwright.core.export.FallbackCommand;
import io.diskwright.core.fill.FillLimits;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.lock.LockManager;
import java.nio.file.Path;

/**
 * A pool that is open.
 *
 * @param name its name
 * @param backend its backend
 * @param locks its locks, the backend's, which tell of waits
 * @param rules which images it accepts
 * @param fillLimits what bounds filling a base
 * @param spoolFolder where an image goes that cannot go straight to the pool
 * @param neverDownload whether no image is fetched that is not local
 * @param fallbackCommand by what a fallback host is asked for a base
 * @param baseChecksums whether a checksum of each base is computed when it is filled
 * @param events whom to tell what happens
 */
public record OpenPool(
    PoolName name,
    ImageBackend backend,
    LockManager locks,
    InspectionRules rules,
    FillLimits fillLimits,
    Path spoolFolder,
    boolean neverDownload,
    FallbackCommand fallbackCommand,
    boolean baseChecksums,
    Events events) {
  /** Returns the largest virtual size of an image or disk, in bytes. */
  public long virtualSizeLimit() {
    return rules.virtualSizeLimit();
  }
}
