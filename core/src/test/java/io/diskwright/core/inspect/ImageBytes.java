package io.diskwright.core.inspect;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An image written byte by byte, valid until somebody spoils it.
 *
 * @param <T> its class
 */
abstract class ImageBytes<T extends ImageBytes<T>> {
  private ByteBuffer bytes;

  ImageBytes(int length, ByteOrder order) {
    this.bytes = ByteBuffer.allocate(length).order(order);
  }

  abstract T self();

  T put(int offset, int... values) {
    for (int i = 0; i < values.length; i++) {
      bytes.put(offset + i, (byte) values[i]);
    }
    return self();
  }

  T putShort(int offset, int value) {
    bytes.putShort(offset, (short) value);
    return self();
  }

  T putInt(int offset, int value) {
    bytes.putInt(offset, value);
    return self();
  }

  T putLong(int offset, long value) {
    bytes.putLong(offset, value);
    return self();
  }

  T put(int offset, String text) {
    bytes.put(offset, text.getBytes(StandardCharsets.ISO_8859_1));
    return self();
  }

  T put(int offset, byte[] values) {
    bytes.put(offset, values);
    return self();
  }

  /** Copies a part over another. */
  T copy(int from, int to, int length) {
    byte[] part = new byte[length];
    bytes.get(from, part);
    bytes.put(to, part);
    return self();
  }

  T zero(int offset, int length) {
    bytes.put(offset, new byte[length]);
    return self();
  }

  long getLong(int offset) {
    return bytes.getLong(offset);
  }

  int getInt(int offset) {
    return bytes.getInt(offset);
  }

  int length() {
    return bytes.limit();
  }

  /** Cuts the end off, or appends zeros. */
  T resize(int length) {
    bytes = ByteBuffer.wrap(Arrays.copyOf(bytes.array(), length)).order(bytes.order());
    return self();
  }

  ByteBuffer slice(int offset, int length) {
    return bytes.slice(offset, length).order(bytes.order());
  }

  byte[] bytes() {
    return bytes.array().clone();
  }
}
