package io.diskwright.it.survive;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;

/** An image and the bytes that a disk made of it begins with. */
final class TestImage {
  static final int MIB = 1 << 20;
  private static final int DATA = 64 * 1024;
  private static final int STEP = 256 * 1024;

  private final Path file;
  private final byte[] bytes;

  TestImage(Path file, byte[] bytes) {
    this.file = file;
    this.bytes = bytes;
  }

  Path file() {
    return file;
  }

  /** Returns its guest-visible bytes; nobody changes them. */
  byte[] bytes() {
    return bytes;
  }

  /** Makes a raw image with a partition table's mark, of which one part in four is data. */
  static TestImage raw(Path file, int size, long seed) throws IOException {
    byte[] bytes = bytes(size, seed);
    Files.write(file, bytes);
    String unused = Program.run("fallocate", "--dig-holes", file);
    return new TestImage(file, bytes);
  }

  /** Makes a qcow2 image of the same bytes as a raw one of this seed has. */
  static TestImage qcow2(Path file, int size, long seed) throws IOException {
    Path raw = Files.createTempFile(file.getParent(), "image", ".raw");
    byte[] bytes = bytes(size, seed);
    Files.write(raw, bytes);
    String unused = Program.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw, file);
    Files.delete(raw);
    return new TestImage(file, bytes);
  }

  /** Returns the bytes of the images of a seed. */
  static byte[] bytes(int size, long seed) {
    Random random = new Random(seed);
    byte[] bytes = new byte[size];
    byte[] data = new byte[DATA];
    for (int at = 0; at < size; at += STEP) {
      random.nextBytes(data);
      System.arraycopy(data, 0, bytes, at, Math.min(DATA, size - at));
    }
    bytes[510] = 0x55;
    bytes[511] = (byte) 0xaa;
    return bytes;
  }

  /** Returns what a disk of this size reads as. */
  byte[] paddedTo(long size) {
    return Arrays.copyOf(bytes, Math.toIntExact(size));
  }
}
