package io.diskwright.spi.backend;

import io.diskwright.spi.Answer;
import io.diskwright.spi.error.DiskException;

/** Setting storage aside for all of a disk before it is published. */
public non-sealed interface Preallocation extends Facet {
  /**
   * Tells whether {@link DiskRequest#preallocate} can be kept for a disk on this pool.
   *
   * @return yes, or no with the reason
   * @throws DiskException when it could not be asked
   */
  Answer supportsPreallocation() throws DiskException;
}
