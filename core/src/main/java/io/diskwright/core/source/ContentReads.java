package io.diskwright.core.source;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;

/** Reads of an image's bytes, which must be there; any thread. */
public final class ContentReads {
  private ContentReads() {}

  /**
   * Reads bytes up to a buffer's limit.
   *
   * @param content an image's bytes
   * @param offset where the first of them is
   * @param target takes them, and is at its limit then
   * @param tried what is being done, for messages
   * @throws DiskException with reason {@code IMAGE_UNACCEPTABLE} when it has become shorter, or
   *     when it cannot be read
   */
  public static void fully(Content content, long offset, ByteBuffer target, String tried)
      throws DiskException {
    int read = content.read(offset, target);
    if (target.hasRemaining()) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, tried)
          .said(
              "it ends at %d bytes and had %d when it was opened"
                  .formatted(offset + read, content.size()))
          .remedy("wait until nobody writes the image any more, and try again")
          .build();
    }
  }
}
