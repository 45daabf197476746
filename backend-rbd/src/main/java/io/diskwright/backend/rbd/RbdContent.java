package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The bytes of an image, or of its snapshot; any thread. */
final class RbdContent implements Content {
  /** So much is asked at once for what is data and what is not. */
  private static final long WINDOW = 1L << 30;

  private final RbdImage image;
  private final long size;
  private final String tried;

  /** What was asked last: who reads asks for one range after the other. */
  private volatile @Nullable Window window;

  /** Takes an image that was opened for this, and is closed with it. */
  RbdContent(RbdImage image, long size, String tried) {
    this.image = image;
    this.size = size;
    this.tried = tried;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Extent extentAt(long offset) throws DiskException {
    if (offset < 0 || offset >= size) {
      throw new IllegalArgumentException(
          "offset (%d) must be within %d bytes".formatted(offset, size));
    }
    Window now = window;
    if (now == null || !now.contains(offset)) {
      now = ask(offset / WINDOW * WINDOW);
      window = now;
    }
    return now.extentAt(offset);
  }

  private Window ask(long start) throws DiskException {
    long length = Math.min(WINDOW, size - start);
    NavigableMap<Long, Long> data = new TreeMap<>();
    try {
      image.extents(
          start, length, (offset, bytes, isData) -> addIfData(data, offset, bytes, isData));
    } catch (CephException e) {
      throw CephErrors.toFailure(e, tried).build();
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("nothing else fails here", e);
    }
    return new Window(start, length, data);
  }

  /** Ranges come in their order; those that touch are one. */
  private static void addIfData(
      NavigableMap<Long, Long> data, long offset, long length, boolean isData) {
    if (!isData) {
      return;
    }
    Map.Entry<Long, Long> last = data.lastEntry();
    if (last != null && last.getValue() == offset) {
      data.put(last.getKey(), offset + length);
    } else {
      data.put(offset, offset + length);
    }
  }

  /**
   * What is known of a part of the content.
   *
   * @param start where it starts
   * @param length how long it is
   * @param data where each range of data starts, and where it ends
   */
  private record Window(long start, long length, NavigableMap<Long, Long> data) {
    boolean contains(long offset) {
      return offset >= start && offset < start + length;
    }

    Extent extentAt(long offset) {
      Map.Entry<Long, Long> before = data.floorEntry(offset);
      if (before != null && before.getValue() > offset) {
        return new Extent(offset, before.getValue() - offset, Extent.Kind.DATA);
      }
      Long next = data.higherKey(offset);
      long end = next == null ? start + length : next;
      return new Extent(offset, end - offset, Extent.Kind.ZERO);
    }
  }

  @Override
  public int read(long offset, ByteBuffer target) throws DiskException {
    try {
      int length = (int) Math.min(target.remaining(), Math.max(0, size - offset));
      if (length == 0) {
        return 0;
      }
      int limit = target.limit();
      target.limit(target.position() + length);
      try {
        return image.read(offset, target);
      } finally {
        target.limit(limit);
      }
    } catch (CephException e) {
      throw CephErrors.toFailure(e, tried).build();
    }
  }

  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }

  @Override
  public void close() throws DiskException {
    try {
      image.close();
    } catch (CephException e) {
      throw CephErrors.toFailure(e, tried).build();
    }
  }
}
