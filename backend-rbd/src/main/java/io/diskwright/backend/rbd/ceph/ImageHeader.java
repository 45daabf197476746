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

  private static final String ID = "rbd_id.";
  private static final int LONGEST_ID = 256;

  private final Pointer pool;
  private final String id;
  private final String path;

  ImageHeader(Pointer pool, String id, String path) {
    this.pool = pool;
    this.id = id;
    this.path = path;
  }

  /** {@code get_id} of the object that has an image's name: takes nothing; tells the image's id. */
  static String id(Pointer pool, String name, String path) throws CephException {
    byte[] output = new byte[Integer.BYTES + LONGEST_ID];
    int result =
        CephLibraries.rados()
            .rados_exec(pool, ID + name, CLASS, "get_id", new byte[0], 0, output, output.length);
    String operation = "ask for the id of image";
    int length = (int) CephCluster.check(result, operation, path) - Integer.BYTES;
    ByteBuffer answer = ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN);
    if (length <= 0 || answer.getInt() != length) {
      throw new CephException(operation, path, Errno.EIO);
    }
    return new String(output, Integer.BYTES, length, UTF_8);
  }

  /**
   * How long an image is.
   *
   * @param objectBits the size of its objects as a power of two
   * @param bytes its size
   */
  record Size(int objectBits, long bytes) {}

  /**
   * {@code get_size}: takes a snapshot's id; tells the order of the objects' size, and the size.
   */
  Size size() throws CephException {
    ByteBuffer answer = ofHead("get_size", "ask for the size of image", 1 + Long.BYTES);
    return new Size(answer.get(), answer.getLong());
  }

  /**
   * {@code get_features}: takes a snapshot's id; tells the features, and those of them that a
   * client must know.
   */
  long features() throws CephException {
    return ofHead("get_features", "ask for the features of image", 2 * Long.BYTES).getLong();
  }

  private ByteBuffer ofHead(String method, String operation, int length) throws CephException {
    byte[] input =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(HEAD).array();
    byte[] output = new byte[length];
    int result =
        CephLibraries.rados()
            .rados_exec(pool, PREFIX + id, CLASS, method, input, input.length, output, length);
    if (CephCluster.check(result, operation, path) != length) {
      throw new CephException(operation, path, Errno.EIO);
    }
    return ByteBuffer.wrap(output).order(ByteOrder.LITTLE_ENDIAN);
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
