package io.diskwright.spi.backend;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;

/** Making a disk depend on no base any more (promise P5). */
public non-sealed interface Flattening extends Facet {
  /**
   * Copies into a disk what it still reads from its base, and lets go of the base.
   *
   * <p>Ended early, the disk is as good as before and the next call goes on.
   *
   * @param name the disk, which no machine may have open
   * @param call deadline, cancellation, progress
   * @return whether there was anything to do
   * @throws DiskException with reason {@code NOT_FOUND}, {@code IN_USE}, {@code HAS_DEPENDENTS}
   *     when its snapshots read from the base, {@code NO_SPACE} or what the storage said
   */
  boolean flatten(DiskName name, Call call) throws DiskException;
}
