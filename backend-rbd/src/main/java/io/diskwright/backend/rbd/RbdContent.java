package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** The bytes of an image, or of its snapshot; any thread. */
final class RbdContent implements Content {
  /** So much is asked at once for what is data and what is not. */
  private static final long WINDOW = 1L << 30;

  private final RbdImage image;
  private final long size;
  private final String tried;

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
    long window = Math.min(WINDOW, size - offset);
    FirstExtent first = new FirstExtent(offset, window);
    try {
      image.extents(offset, window, first);
    } catch (CephException e) {
      throw CephErrors.toFailure(e, tried).build();
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw new IllegalStateException("nothing else fails here", e);
    }
    return first.extent();
  }

  /** Takes ranges in their order, and keeps what the first one is, as far as it goes on so. */
  private static final class FirstExtent implements io.diskwright.backend.rbd.ceph.ExtentConsumer {
    private final long start;
    private final long window;
    private long firstData = -1;
    private long dataEnd = -1;

    FirstExtent(long start, long window) {
      this.start = start;
      this.window = window;
    }

    @Override
    public void accept(long offset, long length, boolean data) {
      if (!data) {
        return;
      }
      if (firstData < 0) {
        firstData = offset;
        dataEnd = offset + length;
      } else if (offset == dataEnd) {
        dataEnd += length;
      }
    }

    Extent extent() {
      if (firstData < 0) {
        return new Extent(start, window, Extent.Kind.ZERO);
      }
      return firstData > start
          ? new Extent(start, firstData - start, Extent.Kind.ZERO)
          : new Extent(start, dataEnd - start, Extent.Kind.DATA);
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
