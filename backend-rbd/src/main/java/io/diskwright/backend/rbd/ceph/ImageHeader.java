package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Pointer;
import io.diskwright.toolkit.os.Errno;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The header object of an image of format 2, asked by the methods of RADOS' class {@code rbd} that
 * librbd itself uses (cls_rbd.cc). Inside a call on the pool's handle.
 */
final class ImageHeader {
  static final String PREFIX = "rbd_header.";
  static final String CLASS = "rbd";

  /** CEPH_NOSNAP: the image itself, not a snapshot. */
  private static final long HEAD = -2;

  /** The version of an encoded structure, the oldest that can read it, and its length. */
  private static final int VERSION_AND_LENGTH = 2 + Integer.BYTES;

  private static final int LONGEST_PARENT = 4096;

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

  /**
   * {@code parent_get}: takes nothing; tells, behind a structure's version and length, the parent's
   * pool, which is negative when there is none, its namespace, and its id.
   */
  Optional<String> parentId() throws CephException {
    byte[] output = new byte[LONGEST_PARENT];
    int result =
        CephLibraries.rados()
            .rados_exec(
                pool, PREFIX + id, CLASS, "parent_get", new byte[0], 0, output, output.length);
    String operation = "ask for the parent of image";
    int length = (int) CephCluster.check(result, operation, path);
    ByteBuffer parent = ByteBuffer.wrap(output, 0, length).order(ByteOrder.LITTLE_ENDIAN);
    try {
      parent.position(VERSION_AND_LENGTH);
      if (parent.getLong() < 0) {
        return Optional.empty();
      }
      int namespace = parent.getInt();
      parent.position(parent.position() + namespace);
      byte[] image = new byte[Math.min(parent.getInt(), parent.remaining())];
      parent.get(image);
      return Optional.of(new String(image, UTF_8));
    } catch (BufferUnderflowException | IllegalArgumentException | NegativeArraySizeException e) {
      throw new CephException(operation, path, Errno.EIO, "its answer is not understood: " + e);
    }
  }
}
