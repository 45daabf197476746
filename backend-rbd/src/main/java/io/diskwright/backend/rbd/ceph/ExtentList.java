package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import java.io.IOException;
import java.lang.ref.Reference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Lists the extents of an image, window by window: librbd calls back while it holds locks, so what
 * it tells is kept until it is back, and then told on.
 */
final class ExtentList {
  /** Bounds what is kept; librbd loads the whole object map for each window. */
  private static final long WINDOW_OBJECTS = 1 << 16;

  private final RbdImage image;

  /** What is not told yet. */
  private long begin;

  private long end;
  private boolean data;

  ExtentList(RbdImage image) {
    this.image = image;
  }

  /** What librbd tells of one window, in the order in which it does. */
  private static final class Window implements Librbd.Diff {
    private long[] extents = new long[256];
    private int used;

    @Override
    public synchronized int extent(long offset, long length, int exists, @Nullable Pointer unused) {
      if (exists != 0) {
        if (used == extents.length) {
          extents = Arrays.copyOf(extents, 2 * used);
        }
        extents[used++] = offset;
        extents[used++] = offset + length;
      }
      return 0;
    }

    synchronized long[] dataExtents() {
      return Arrays.copyOf(extents, used);
    }
  }

  void tell(long offset, long length, ExtentConsumer consumer) throws IOException {
    long last = Math.min(image.size(), offset + length);
    long period = image.objectSize() * image.stripeCount();
    boolean wholeObjects = canTellWholeObjects();
    begin = offset;
    end = offset;
    data = false;
    // Some versions of librbd tell wrong offsets of whole objects when they do not begin with one.
    for (long at = offset - offset % period; at < last; ) {
      long windowEnd = Math.min(last, at + WINDOW_OBJECTS * period);
      long[] found = window(at, windowEnd - at, wholeObjects);
      for (int each = 0; each < found.length; each += 2) {
        long from = Math.max(end, found[each]);
        long to = Math.min(windowEnd, found[each + 1]);
        if (from < to) {
          add(from, false, consumer);
          add(to, true, consumer);
        }
      }
      add(windowEnd, false, consumer);
      at = windowEnd;
    }
    if (begin < end) {
      consumer.accept(begin, end - begin, data);
    }
  }

  /** The object map then answers for whole objects; otherwise each object is asked. */
  private boolean canTellWholeObjects() throws CephException {
    return (image.features() & ImageOptions.FEATURE_FAST_DIFF) != 0 && image.stripeCount() == 1;
  }

  private long[] window(long offset, long length, boolean wholeObjects) throws CephException {
    Window window = new Window();
    try {
      image.diff(offset, length, wholeObjects, window);
    } finally {
      Reference.reachabilityFence(window);
    }
    return window.dataExtents();
  }

  private void add(long to, boolean isData, ExtentConsumer consumer) throws IOException {
    if (to <= end) {
      return;
    }
    if (isData != data && begin < end) {
      consumer.accept(begin, end - begin, data);
      begin = end;
    }
    data = isData;
    end = to;
  }
}
