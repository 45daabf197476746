package io.diskwright.toolkit.qcow2;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The tables of an image, of which the pieces that were used last are kept in memory; any thread.
 */
final class Qcow2Pieces {
  private static final int PIECE = 64 * 1024;
  private static final int MOST_KEPT = 16;

  private final Content image;
  private final Map<Long, ByteBuffer> kept = new LinkedHashMap<>(MOST_KEPT, 0.75f, true);

  Qcow2Pieces(Content image) {
    this.image = image;
  }

  /** Returns the number of 64 bits at an offset, a multiple of 8; empty behind the image's end. */
  synchronized OptionalLong numberAt(long offset) throws DiskException {
    long start = offset - offset % PIECE;
    ByteBuffer piece = kept.get(start);
    if (piece == null) {
      piece = ByteBuffer.allocate(PIECE);
      int unused = image.read(start, piece);
      if (kept.size() == MOST_KEPT) {
        kept.remove(kept.keySet().iterator().next()); // the one that was used longest ago
      }
      kept.put(start, piece.flip());
    }
    int at = (int) (offset - start);
    return at + Long.BYTES <= piece.limit()
        ? OptionalLong.of(piece.getLong(at))
        : OptionalLong.empty();
  }
}
