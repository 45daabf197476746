package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The bytes of an image, or of its snapshot; any thread. */
final class RbdContent implements Content {
  /** So much is asked at once for what is data and what is not. */
  private static final long WINDOW = 1L << 30;

  private static final Logger LOG = LoggerFactory.getLogger(RbdContent.class);

  private final RbdPool pool;
  private final RbdImage image;
  private final long size;
  private final String tried;
  private final Call call;

  /** What was asked last: who reads asks for one range after the other. */
  private volatile @Nullable Window window;

  /**
   * Takes an image that was opened for this, and is closed with it, and the call whose deadline and
   * cancellation end each wait for the cluster.
   */
  RbdContent(RbdPool pool, RbdImage image, long size, String tried, Call call) {
    this.pool = pool;
    this.image = image;
    this.size = size;
    this.tried = tried;
    this.call = call;
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
    return pool.within(
        tried,
        "extents",
        call,
        gate -> {
          NavigableMap<Long, Long> data = new TreeMap<>();
          image.extents(
              start, length, (offset, bytes, isData) -> addIfData(data, offset, bytes, isData));
          return new Window(start, length, data);
        });
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

  /**
   * A read that nobody waits for any more goes on writing into the buffer, which its reader then
   * has no use for.
   */
  @Override
  public int read(long offset, ByteBuffer target) throws DiskException {
    int length = (int) Math.min(target.remaining(), Math.max(0, size - offset));
    if (length == 0) {
      return 0;
    }
    ByteBuffer bytes = target.slice(target.position(), length);
    int read = pool.within(tried, "bytes", call, gate -> image.read(offset, bytes));
    target.position(target.position() + read);
    return read;
  }

  @Override
  public Optional<Path> path() {
    return Optional.empty();
  }

  /** Closes it for those who have never read from it. */
  void discard() {
    try {
      close();
    } catch (DiskException e) {
      LOG.debug("nobody had read from it", e);
    }
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
