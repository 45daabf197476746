package io.diskwright.core.fill;

import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.tukaani.xz.XZInputStream;

/** How an image may be compressed as a whole. */
enum Packing {
  GZIP {
    @Override
    InputStream unpack(InputStream packed) throws IOException {
      return new GzipStream(packed);
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

  /** Returns what is said of an image that is packed so. */
  String feature() {
    return "packed by " + id();
  }

  /** Returns its name, such as {@code gzip}. */
  String id() {
    return name().toLowerCase(Locale.ROOT);
  }
}
