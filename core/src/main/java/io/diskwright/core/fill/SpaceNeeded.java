package io.diskwright.core.fill;

import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;

/** How much storage a fill takes at the most, known before it begins. */
final class SpaceNeeded {
  /** What file systems take at once for one byte. */
  private static final long BLOCK = 4096;

  private SpaceNeeded() {}

  /** Returns what a copy takes: the extents of data, in whole blocks. */
  static long toCopy(Content data, Call call) throws DiskException {
    long bytes = 0;
    for (long at = 0; at < data.size(); ) {
      call.check("copy image");
      Extent extent = data.extentAt(at);
      if (extent.kind() == Extent.Kind.DATA) {
        bytes += roundUp(extent.end()) - extent.offset() / BLOCK * BLOCK;
      }
      at = extent.end();
    }
    return Math.min(bytes, roundUp(data.size()));
  }

  /** Returns what a conversion to raw takes: what the image's tables say, else all of it. */
  static long toConvert(Verdict verdict, long virtualSize) {
    return Math.min(verdict.allocatedBytes().orElse(Long.MAX_VALUE), roundUp(virtualSize));
  }

  static long roundUp(long bytes) {
    return (bytes + BLOCK - 1) / BLOCK * BLOCK;
  }
}
