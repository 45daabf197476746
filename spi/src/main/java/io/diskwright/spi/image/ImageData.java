package io.diskwright.spi.image;

import io.diskwright.spi.error.DiskException;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * An opened image: its bytes as its source holds them, in whatever format they are. Any thread.
 *
 * <p>The call that it was opened with bounds everything that is done with it: past its deadline, or
 * once it is cancelled, reading fails. Close does nothing the second time; it ends what is under
 * way.
 */
public interface ImageData extends AutoCloseable {
  /** Returns how many bytes there are, where the source tells that beforehand. */
  OptionalLong size();

  /**
   * Returns the bytes for reading at offsets, where the source can serve them so; the same object
   * each time, which is closed with this.
   *
   * <p>It is for looking at parts, and for a local file. Who wants all bytes of what is not local
   * uses {@link #stream}, which is faster.
   */
  Optional<Content> content();

  /**
   * Starts to bring all bytes, from the first to the last; each time from the start.
   *
   * @return the bytes; the caller closes it before this
   * @throws DiskException as {@link ImageSource#open} does
   */
  ImageStream stream() throws DiskException;

  /**
   * Fails when the image is not any more what it was when it was resolved.
   *
   * <p>Called after the last read and before anything made of it is published.
   *
   * @throws DiskException with reason {@code IMAGE_UNACCEPTABLE} when it has changed, or what the
   *     source said
   */
  void verifyUnchanged() throws DiskException;

  @Override
  void close() throws DiskException;
}
