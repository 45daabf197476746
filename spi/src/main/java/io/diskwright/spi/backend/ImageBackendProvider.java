package io.diskwright.spi.backend;

import io.diskwright.spi.Provider;
import io.diskwright.spi.error.DiskException;

/**
 * Makes backends of one kind; what {@link java.util.ServiceLoader} finds.
 *
 * <p>The ids {@code raw}, {@code qcow2}, {@code rbd} and {@code lvm} are Diskwright's own.
 */
public interface ImageBackendProvider extends Provider {
  /**
   * Opens a pool.
   *
   * <p>A pool that is not there yet is made where that is possible (an empty or missing folder),
   * and marked with a new uuid. A pool whose marker names another backend or a newer layout is
   * refused.
   *
   * @param context the pool's name, its settings and what core offers
   * @return the backend; the caller closes it
   * @throws DiskException with reason {@code CONFIGURATION}, {@code PERMISSION_DENIED}, {@code
   *     UNAVAILABLE}, {@code NOT_FOUND} … when it cannot be opened
   */
  ImageBackend open(PoolContext context) throws DiskException;
}
