package io.diskwright.toolkit.qcow2;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** The tables of an image, of which those parts that were used last are in memory; any thread. */
final class Qcow2TableCache {
  private static final int PART = 64 * 1024;

  /** More than there are threads that read one image. */
  private static final int MOST_KEPT = 32;

  private final Content image;
  private final Map<Long, ByteBuffer> kept = new LinkedHashMap<>(MOST_KEPT, 0.75f, true);

  Qcow2TableCache(Content image) {
    this.image = image;
  }

  /** Returns the entry at an offset, a multiple of 8; empty behind the image's end. */
  OptionalLong entryAt(long offset) throws DiskException {
    long start = offset - offset % PART;
    int at = (int) (offset - start);
    ByteBuffer part = kept(start);
    if (part == null) {
      part = ByteBuffer.allocate(PART);
      int unused = image.read(start, part); // may take long, and others need not wait for it
      keep(start, part.flip());
    }
    return at + Long.BYTES <= part.limit()
        ? OptionalLong.of(part.getLong(at))
        : OptionalLong.empty();
  }

  private synchronized @Nullable ByteBuffer kept(long start) {
    return kept.get(start);
  }

  private synchronized void keep(long start, ByteBuffer part) {
    if (kept.size() == MOST_KEPT) {
      kept.remove(kept.keySet().iterator().next()); // the one that was used longest ago
    }
    kept.put(start, part);
  }
}
