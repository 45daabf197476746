package io.diskwright.spi.image;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.util.Optional;

/** Where images come from; any thread. */
public interface ImageSource extends AutoCloseable {
  /**
   * Finds an image.
   *
   * @param request a reference of one of the provider's schemes, and what is declared of the image
   * @param call deadline, cancellation, progress
   * @return the image, with its id in one canonical spelling, its validator where it has one, and
   *     what was declared where the source does not know better
   * @throws DiskException with reason {@code NOT_FOUND}, {@code PERMISSION_DENIED}, {@code
   *     IMAGE_UNACCEPTABLE}, {@code UNAVAILABLE} …, with what the source said
   */
  Image resolve(ImageRequest request, Call call) throws DiskException;

  /**
   * Opens an image's bytes.
   *
   * @param image one that this source resolved
   * @param call deadline, cancellation, progress
   * @return its bytes; the caller closes it
   * @throws DiskException as for {@link #resolve}, and with {@code IMAGE_UNACCEPTABLE} when the
   *     image has changed since it was resolved
   */
  ImageData open(Image image, Call call) throws DiskException;

  /**
   * Tells which image a reference means, without asking anybody: so that what is cached of an image
   * can be found when its source has it no more.
   *
   * @param request a reference of one of the provider's schemes, and what is declared of the image
   * @return an image with the id that {@link #resolve} gives it, and nothing else; empty, unless it
   *     is overridden, or when a reference alone does not tell, such as a name
   * @throws DiskException with reason {@code INVALID_REQUEST} when it is no reference
   */
  default Optional<Image> recall(ImageRequest request) throws DiskException {
    return Optional.empty();
  }

  /**
   * Returns whether this source tells where its images lie on storage. Only then is it worth a word
   * to the user that it told no location of one.
   *
   * @return false unless it is overridden
   */
  default boolean tellsLocations() {
    return false;
  }

  @Override
  void close() throws DiskException;
}
