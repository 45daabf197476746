package io.diskwright.backend.rbd.ceph;

import java.io.IOException;

/** Takes the extents of an image, one after the other. */
@FunctionalInterface
public interface ExtentConsumer {
  /**
   * Takes an extent. It may use the image meanwhile.
   *
   * @param offset where it begins
   * @param length its length, greater than 0
   * @param data whether there may be data; otherwise it reads as zeros
   * @throws IOException ends the listing, and is thrown by it
   */
  void accept(long offset, long length, boolean data) throws IOException;
}
