package io.diskwright.spi.image;

import io.diskwright.spi.error.DiskException;

/** An opened image: its bytes as its source holds them, in whatever format they are. */
public interface ImageData extends Content {
  /**
   * Fails when the image is not any more what it was when it was resolved.
   *
   * <p>Called after the last read and before anything made of it is published.
   *
   * @throws DiskException with reason {@code IMAGE_UNACCEPTABLE} when it has changed, or what the
   *     source said
   */
  void verifyUnchanged() throws DiskException;
}
