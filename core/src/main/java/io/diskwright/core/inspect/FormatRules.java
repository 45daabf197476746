package io.diskwright.core.inspect;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The rules of one format: looks at an image's parts in the order in which they lie in it, and says
 * what it finds. Nothing that the bytes claim is believed, and nothing is allocated by it.
 */
abstract class FormatRules {
  /** A part that is to be looked at. */
  record Part(long offset, int length) {
    static final int LONGEST = 64 * 1024;

    Part {
      if (offset < 0 || length <= 0 || length > LONGEST) {
        throw new IllegalArgumentException("part (%d+%d)".formatted(offset, length));
      }
    }
  }

  /** Looks at the first bytes, {@link Inspection#HEAD} of them or all there are, from index 0. */
  abstract void head(ByteBuffer head);

  /** Returns the part to look at next, which lies behind all before; null when that was all. */
  @Nullable Part next() {
    return null;
  }

  /** Looks at a part, from index 0; it is shorter when the image ends within it. */
  void part(ByteBuffer bytes) {}

  /**
   * Looks at the last bytes, {@link Inspection#TAIL} of them or all there are, from index 0.
   *
   * @param size the size of the image's file
   */
  void end(long size, ByteBuffer tail) {}

  /** Returns whether the last bytes may be the footer of a VHD. */
  boolean endsAsVhd() {
    return false;
  }

  /**
   * Follows the tables that say where the guest's bytes are, of an image that can be read anywhere
   * and is good otherwise.
   *
   * <p>Tools read what is behind the end of a file as zeros, so that an image that was cut off
   * would become a disk with holes.
   */
  void followTables(Content data, Call call) throws DiskException {}
}
