package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The input of the method {@code assert_locked} of RADOS' class {@code lock}, which has a write
 * operation fail unless this client holds a lock: {@code cls_lock_assert_op} of Ceph's
 * src/cls/lock/cls_lock_ops.h, version 1.
 */
final class LockAssertion {
  static final String CLASS = "lock";
  static final String METHOD = "assert_locked";

  private static final byte VERSION = 1;
  private static final byte EXCLUSIVE = 1;

  private LockAssertion() {}

  /** Returns the input for a lock that is held alone, which has no tag. */
  static byte[] exclusive(String lock, String cookie) {
    byte[] name = lock.getBytes(UTF_8);
    byte[] holder = cookie.getBytes(UTF_8);
    int length = 3 * Integer.BYTES + name.length + 1 + holder.length;
    return ByteBuffer.allocate(2 + Integer.BYTES + length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(VERSION)
        .put(VERSION) // the oldest that can read it
        .putInt(length)
        .putInt(name.length)
        .put(name)
        .put(EXCLUSIVE)
        .putInt(holder.length)
        .put(holder)
        .putInt(0) // no tag
        .array();
  }
}
