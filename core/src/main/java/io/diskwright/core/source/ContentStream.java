package io.diskwright.core.source;

import io.diskwright.spi.error.DiskException;
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
    int length = (int) Math.min(target.remaining(), content.size() - position);
    ContentReads.fully(content, position, target.slice(target.position(), length), "read image");
    target.position(target.position() + length);
    position += length;
    return length;
  }

  /** The content is its owner's to close. */
  @Override
  public void close() {}
}
