package io.diskwright.core.fill;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.tukaani.xz.XZInputStream;

/** How an image may be compressed as a whole. */
enum Packing {
  GZIP {
    @Override
    InputStream unpack(InputStream packed) throws IOException {
      return new GZIPInputStream(packed, BUFFER);
    }
  },
  XZ {
    @Override
    InputStream unpack(InputStream packed) throws IOException {
      return new XZInputStream(packed, MOST_MEMORY_KIB);
    }
  },
  ZSTD {
    @Override
    InputStream unpack(InputStream packed) throws IOException {
      return new ZstdInputStream(packed).setLongMax(LARGEST_WINDOW_LOG);
    }
  };

  private static final int BUFFER = 64 * 1024;

  /** The highest level of xz needs 65 MiB. */
  private static final int MOST_MEMORY_KIB = 100 * 1024;

  private static final int LARGEST_WINDOW_LOG = 27;

  /**
   * Starts to unpack.
   *
   * @throws IOException when the bytes are not packed so, or would need too much memory
   */
  abstract InputStream unpack(InputStream packed) throws IOException;

  /** Returns the packing that inspection has detected, if it has. */
  static Optional<Packing> of(String detected) {
    return Arrays.stream(values()).filter(packing -> packing.id().equals(detected)).findFirst();
  }

  /** Returns its name, such as {@code gzip}. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
