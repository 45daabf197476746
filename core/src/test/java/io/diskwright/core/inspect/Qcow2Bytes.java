package io.diskwright.core.inspect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A qcow2 image written byte by byte, valid until somebody spoils it: a header, the refcount table
 * and its first block, the L1 table, one L2 table, and two clusters of data, in this order.
 */
final class Qcow2Bytes {
  static final int MAGIC = 0;
  static final int VERSION = 4;
  static final int BACKING_OFFSET = 8;
  static final int BACKING_LENGTH = 16;
  static final int CLUSTER_BITS = 20;
  static final int VIRTUAL_SIZE = 24;
  static final int CRYPT_METHOD = 32;
  static final int L1_ENTRIES = 36;
  static final int L1_OFFSET = 40;
  static final int REFCOUNT_TABLE_OFFSET = 48;
  static final int REFCOUNT_TABLE_CLUSTERS = 56;
  static final int SNAPSHOT_COUNT = 60;
  static final int SNAPSHOTS_OFFSET = 64;
  static final int INCOMPATIBLE_FEATURES = 72;
  static final int HEADER_LENGTH = 100;
  static final int EXTENSIONS = 104;

  private static final long COPIED = 1L << 63;
  private static final int CLUSTERS = 7;

  private final int clusterBits;
  private ByteBuffer bytes;

  private Qcow2Bytes(int clusterBits) {
    this.clusterBits = clusterBits;
    this.bytes = ByteBuffer.allocate(CLUSTERS << clusterBits).order(ByteOrder.BIG_ENDIAN);
  }

  /** Returns an image of 1 MiB with clusters of 64 KiB. */
  static Qcow2Bytes valid() {
    return valid(16, 1 << 20);
  }

  static Qcow2Bytes valid(int clusterBits, long virtualSize) {
    Qcow2Bytes image = new Qcow2Bytes(clusterBits);
    image
        .putInt(MAGIC, 0x514649fb)
        .putInt(VERSION, 3)
        .putInt(CLUSTER_BITS, clusterBits)
        .putLong(VIRTUAL_SIZE, virtualSize)
        .putInt(L1_ENTRIES, 1)
        .putLong(L1_OFFSET, image.cluster(3))
        .putLong(REFCOUNT_TABLE_OFFSET, image.cluster(1))
        .putInt(REFCOUNT_TABLE_CLUSTERS, 1)
        .putInt(96, 4)
        .putInt(HEADER_LENGTH, 104)
        .putLong((int) image.cluster(1), image.cluster(2));
    for (int i = 0; i < CLUSTERS; i++) {
      image.bytes.putShort((int) image.cluster(2) + 2 * i, (short) 1);
    }
    return image
        .l1(0, COPIED | image.cluster(4))
        .l2(0, COPIED | image.cluster(5))
        .l2(1, COPIED | image.cluster(6));
  }

  /** Returns where a cluster of the file begins. */
  long cluster(int number) {
    return (long) number << clusterBits;
  }

  Qcow2Bytes putInt(int offset, int value) {
    bytes.putInt(offset, value);
    return this;
  }

  Qcow2Bytes putLong(int offset, long value) {
    bytes.putLong(offset, value);
    return this;
  }

  Qcow2Bytes put(int offset, String text) {
    bytes.put(offset, text.getBytes(StandardCharsets.UTF_8));
    return this;
  }

  Qcow2Bytes l1(int index, long entry) {
    return putLong((int) cluster(3) + 8 * index, entry);
  }

  Qcow2Bytes l2(int index, long entry) {
    return putLong((int) cluster(4) + 8 * index, entry);
  }

  /** Writes a header extension as the first one. */
  Qcow2Bytes extension(int type, int length, String text) {
    return putInt(EXTENSIONS, type).putInt(EXTENSIONS + 4, length).put(EXTENSIONS + 8, text);
  }

  Qcow2Bytes backing(String name) {
    return putLong(BACKING_OFFSET, 512).putInt(BACKING_LENGTH, name.length()).put(512, name);
  }

  Qcow2Bytes truncate(int length) {
    bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), length)).order(ByteOrder.BIG_ENDIAN);
    return this;
  }

  byte[] bytes() {
    return bytes.array().clone();
  }
}
