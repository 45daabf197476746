package io.diskwright.it.support;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/** Images to make disks from. */
public final class Images {
  /** The images that are in the repository; a build runs in this module's folder. */
  public static final Path HELLO_RAW = Path.of("images/hello.raw").toAbsolutePath();

  /** The same as qcow2. */
  public static final Path HELLO_QCOW2 = Path.of("images/hello.qcow2").toAbsolutePath();

  private static final int MIB = 1024 * 1024;

  private Images() {}

  /**
   * Makes a raw image that begins as an MBR does: random data, written zeros and holes, some of
   * each in each 4 MiB.
   */
  public static Path raw(Path file, long seed, long size) throws IOException {
    Random random = new Random(seed);
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      for (long at = 0; at < size; at += 4L * MIB) {
        byte[] data = new byte[(int) Math.min(size - at, 64 * 1024 + random.nextInt(MIB))];
        random.nextBytes(data);
        write(channel, at, data);
        int zeros = (int) Math.min(size - at - data.length, 200 * 1024);
        write(channel, at + data.length, new byte[Math.max(0, zeros)]);
      }
      write(channel, 510, new byte[] {0x55, (byte) 0xaa});
      if (channel.size() < size) {
        write(channel, size - 1, new byte[] {(byte) seed});
      }
    }
    return file;
  }

  private static void write(FileChannel channel, long at, byte[] bytes) throws IOException {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    while (buffer.hasRemaining()) {
      channel.write(buffer, at + buffer.position());
    }
  }

  /** Makes an image that begins as an ISO 9660 file system does. */
  public static Path iso(Path file, int size) throws IOException {
    byte[] bytes = new byte[size];
    byte[] descriptor = {1, 'C', 'D', '0', '0', '1', 1};
    System.arraycopy(descriptor, 0, bytes, 0x8000, descriptor.length);
    return Files.write(file, bytes);
  }

  /** Overwrites a range of a file. */
  public static void overwrite(Path file, long at, byte[] bytes) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      write(channel, at, bytes);
    }
  }

  /** Returns whether a file reads as another, followed by zeros. */
  public static boolean readsAs(Path file, Path content) throws IOException {
    long length = Files.size(content);
    long mismatch = Files.mismatch(file, content);
    if (mismatch >= 0 && mismatch != length) {
      return false;
    }
    try (FileChannel channel = FileChannel.open(file)) {
      ByteBuffer buffer = ByteBuffer.allocate(MIB);
      for (long at = length; channel.read(buffer.clear(), at) > 0; at += buffer.limit()) {
        buffer.flip();
        while (buffer.hasRemaining()) {
          if (buffer.get() != 0) {
            return false;
          }
        }
      }
    }
    return true;
  }
}
