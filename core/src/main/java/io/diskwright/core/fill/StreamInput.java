package io.diskwright.core.fill;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.image.ImageStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** An image's bytes as libraries want them; shows them to a digest and counts them. One thread. */
final class StreamInput extends InputStream {
  private final ImageStream stream;
  private final @Nullable DigestCheck digest;
  private final Call call;
  private long count;

  StreamInput(ImageStream stream, @Nullable DigestCheck digest, Call call) {
    this.stream = stream;
    this.digest = digest;
    this.call = call;
  }

  /** Returns how many bytes have been read. */
  long count() {
    return count;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    call.check("read image");
    int read = stream.read(ByteBuffer.wrap(target, offset, length));
    if (read > 0) {
      count += read;
      if (digest != null) {
        digest.update(ByteBuffer.wrap(target, offset, read));
      }
    }
    return read;
  }

  /** Reads what is left, for the digest. */
  void drain() throws IOException {
    byte[] rest = new byte[64 * 1024];
    int read = 0;
    while (read >= 0) {
      read = read(rest, 0, rest.length);
    }
  }
}
