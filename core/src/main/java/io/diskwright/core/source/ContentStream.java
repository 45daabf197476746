package io.diskwright.core.source;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.ImageStream;
import java.nio.ByteBuffer;

/** Content from its first byte to its last. */
final class ContentStream implements ImageStream {
  private final Content content;
  private long position;

  ContentStream(Content content) {
    this.content = content;
  }

  @Override
  public int read(ByteBuffer target) throws DiskException {
    if (position == content.size()) {
      return -1;
    }
    int read = content.read(position, target);
    if (read == 0) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "read image")
          .said(
              "it ends before %d bytes, which it had when it was opened".formatted(content.size()))
          .remedy("wait until nobody writes the image any more, and try again")
          .build();
    }
    position += read;
    return read;
  }

  /** The content is its owner's to close. */
  @Override
  public void close() {}
}
