package io.diskwright.contract;

import io.diskwright.spi.image.Extent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Bytes to fill a base with: runs of random data and holes, at any offsets. */
final class Sample {
  private final byte[] bytes;
  private final List<Extent> extents;
  private final long seed;

  private Sample(byte[] bytes, List<Extent> extents, long seed) {
    this.bytes = bytes;
    this.extents = List.copyOf(extents);
    this.seed = seed;
  }

  /** Returns a sample of which about a third is holes. */
  static Sample of(Random random, int size) {
    byte[] bytes = new byte[size];
    List<Extent> extents = new ArrayList<>();
    for (int at = 0; at < size; ) {
      int length = Math.min(size - at, 1 + random.nextInt(1 << (4 + random.nextInt(15))));
      boolean hole = random.nextInt(3) == 0;
      if (!hole) {
        byte[] data = new byte[length];
        random.nextBytes(data);
        System.arraycopy(data, 0, bytes, at, length);
      }
      extents.add(new Extent(at, length, hole ? Extent.Kind.ZERO : Extent.Kind.DATA));
      at += length;
    }
    return new Sample(bytes, extents, random.nextLong());
  }

  /** Returns a sample without a hole. */
  static Sample dense(Random random, int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return new Sample(bytes, List.of(new Extent(0, size, Extent.Kind.DATA)), random.nextLong());
  }

  /** Returns a sample that is one hole. */
  static Sample zeros(int size) {
    return new Sample(new byte[size], List.of(new Extent(0, size, Extent.Kind.ZERO)), 0);
  }

  int size() {
    return bytes.length;
  }

  long seed() {
    return seed;
  }

  List<Extent> extents() {
    return extents;
  }

  byte[] range(long offset, int length) {
    return Arrays.copyOfRange(bytes, (int) offset, (int) offset + length);
  }

  /** Returns what a disk of a size must read as: the bytes, then zeros. */
  byte[] paddedTo(long size) {
    return Arrays.copyOf(bytes, Math.toIntExact(size));
  }
}
