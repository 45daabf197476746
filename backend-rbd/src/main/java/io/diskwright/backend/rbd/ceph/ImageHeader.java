package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import io.diskwright.toolkit.os.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The header object of an image of format 2, asked by the methods of RADOS' class {@code rbd} that
 * librbd itself uses (cls_rbd.cc). Inside a call on the pool's handle.
 */
final class ImageHeader {
  private static final String PREFIX = "rbd_header.";
  private static final String CLASS = "rbd";

  /** CEPH_NOSNAP: the image itself, not a snapshot. */
  private static final long HEAD = -2;

  private final Pointer pool;
  private final String id;
  private final String path;

  ImageHeader(Pointer pool, String id, String path) {
    this.pool = pool;
    this.id = id;
    this.path = path;
  }

  /**
   * {@code get_size}: takes a snapshot's id; tells the order of the objects' size, and the size.
   */
  long size() throws CephException {
    byte[] input =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(HEAD).array();
    byte[] output = new byte[1 + Long.BYTES];
    int result =
        CephLibraries.rados()
            .rados_exec(
                pool, PREFIX + id, CLASS, "get_size", input, input.length, output, output.length);
    String operation = "ask for the size of image";
    if (CephCluster.check(result, operation, path) != output.length) {
      throw new CephException(operation, path, Errno.EIO);
    }
    return ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN).getLong(1);
  }
}
