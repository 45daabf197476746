package io.diskwright.spi.backend;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.Location;

/** Making a disk by cloning an image where it lies. */
public non-sealed interface LocationCloning extends Facet {
  /**
   * Makes a disk by cloning a location, at the size asked for, and publishes its record.
   *
   * <p>Atomic and repeatable as {@link ImageBackend#createImage} is.
   *
   * @param request what is asked
   * @param image the image
   * @param location one of its locations, for which {@link ImageBackend#supportsClone} said yes
   * @param call deadline, cancellation, progress
   * @return the disk's record, and how it was made
   * @throws DiskException with reason {@code IMAGE_UNACCEPTABLE} when the location cannot be cloned
   *     after all, so that core may fetch instead; {@code BASE_LARGER_THAN_SIZE} when the image
   *     turns out larger than the request's size; {@code ALREADY_EXISTS} when the name was taken in
   *     the meantime; or what the storage said
   */
  Created cloneLocation(DiskRequest request, Image image, Location location, Call call)
      throws DiskException;
}
