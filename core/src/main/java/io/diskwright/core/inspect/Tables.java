package io.diskwright.core.inspect;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;

/** Reads an image's tables in pieces: in 64 KiB of memory, however long a table is. One thread. */
final class Tables {
  private static final int PIECE = 64 * 1024;

  private final Content data;
  private final Call call;
  private final ByteBuffer buffer = ByteBuffer.allocate(PIECE);

  Tables(Content data, Call call) {
    this.data = data;
    this.call = call;
  }

  /** Takes a piece of a table, from index 0, of whole entries; says whether to go on. */
  @FunctionalInterface
  interface Piece {
    boolean take(ByteBuffer piece) throws DiskException;
  }

  /** Returns the size of the image's file. */
  long size() {
    return data.size();
  }

  /**
   * Reads a table that is within the file, whose entries are a power of two of bytes.
   *
   * @return whether it was read to its end
   */
  boolean read(long offset, long length, Piece consumer) throws DiskException {
    for (long at = offset; at < offset + length; at += PIECE) {
      call.check("inspect image");
      buffer.clear().limit((int) Math.min(PIECE, offset + length - at));
      if (data.read(at, buffer) < buffer.limit()) {
        throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "inspect image")
            .said("it became shorter while it was being inspected")
            .remedy("wait until nobody writes the image any more, and try again")
            .build();
      }
      if (!consumer.take(buffer.flip())) {
        return false;
      }
    }
    return true;
  }

  /** Returns one more that reads the same image, for a table to which another leads. */
  Tables inner() {
    return new Tables(data, call);
  }
}
