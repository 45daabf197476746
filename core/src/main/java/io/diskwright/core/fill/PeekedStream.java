package io.diskwright.core.fill;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageStream;
import java.nio.ByteBuffer;

/** A stream whose first bytes have been looked at, and come again. */
final class PeekedStream implements ImageStream {
  private final ImageStream stream;
  private final ByteBuffer head;

  /** Reads the first bytes of a stream: so many, or all there are. */
  PeekedStream(ImageStream stream, int length) throws DiskException {
    this.stream = stream;
    this.head = ByteBuffer.allocate(length);
    int read = 0;
    while (head.hasRemaining() && read >= 0) {
      read = stream.read(head);
    }
    head.flip();
  }

  /** Returns the first bytes. */
  ByteBuffer head() {
    return head.duplicate().rewind().asReadOnlyBuffer();
  }

  @Override
  public int read(ByteBuffer target) throws DiskException {
    if (!head.hasRemaining()) {
      return stream.read(target);
    }
    int length = Math.min(head.remaining(), target.remaining());
    target.put(head.slice(head.position(), length));
    head.position(head.position() + length);
    return length;
  }

  @Override
  public void close() throws DiskException {
    stream.close();
  }
}
