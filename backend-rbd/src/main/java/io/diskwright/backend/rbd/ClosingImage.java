package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.backend.rbd.ceph.RbdProgress;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A new image that has its size and is closed while its maker goes on: the cluster takes as long to
 * let go of an image as for several changes of the index. It is closed once this is. One thread.
 */
final class ClosingImage implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ClosingImage.class);

  private final String id;
  private final Future<Boolean> closed;

  private ClosingImage(String id, Future<Boolean> closed) {
    this.id = id;
    this.closed = closed;
  }

  /** Grows an open image to a size, and begins to close it, whatever happens. */
  static ClosingImage grow(RbdImage image, long size, BoundedCalls calls) throws IOException {
    try {
      if (image.size() < size) {
        image.resize(size, false, RbdProgress.NONE);
      }
      Callable<Boolean> close =
          () -> {
            image.close();
            return true;
          };
      return new ClosingImage(image.id(), calls.begin(close));
    } catch (IOException | RuntimeException e) {
      try (image) {
        throw e;
      }
    }
  }

  String id() {
    return id;
  }

  /** Waits until the image is closed; it is whole, and closed, whatever the cluster says to it. */
  @Override
  public void close() {
    try {
      boolean unused = BoundedCalls.await(closed);
    } catch (IOException e) {
      LOG.warn("image {} was not closed as it should: {}", id, e.getMessage());
    }
  }
}
