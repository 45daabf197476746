package io.diskwright.core.provision;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageSource;

/** Hands out image sources; any thread. */
@FunctionalInterface
public interface ImageSources {
  /**
   * Returns the open source of a scheme.
   *
   * @param scheme the scheme of a reference, in lower case
   * @throws DiskException with reason {@code UNSUPPORTED} when no source has it
   */
  ImageSource forScheme(String scheme) throws DiskException;
}
