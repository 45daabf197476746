package io.diskwright.spi.image;

import io.diskwright.spi.error.DiskException;
import java.nio.ByteBuffer;

/** The bytes of an image, from the first to the last; one thread. */
public interface ImageStream extends AutoCloseable {
  /**
   * Reads the next bytes, as many as are there at once; waits for at least one.
   *
   * @param target takes the bytes, from its position on, which is moved; has room for at least one
   * @return the number of bytes read, 1 or more, or -1 when there are no more: the image has ended
   *     where its source said it would
   * @throws DiskException with reason {@code UNAVAILABLE} when the source does not go on in time,
   *     {@code IMAGE_UNACCEPTABLE} when the image has changed or is not as long as it was said to
   *     be, {@code CANCELLED}, {@code IO_ERROR}
   */
  int read(ByteBuffer target) throws DiskException;

  /** Ends it, at its end or before; does nothing the second time. */
  @Override
  void close() throws DiskException;
}
