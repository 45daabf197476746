package io.diskwright.it.bench;

import io.diskwright.toolkit.os.NativeFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/** Makes images to measure with. */
final class Images {
  private static final int CHUNK = 1024 * 1024;

  private Images() {}

  /** Makes a sparse raw image with a partition table's mark, of which one part in four is data. */
  static Path raw(Path file, long size) throws Exception {
    Random random = new Random(size);
    byte[] chunk = new byte[CHUNK];
    try (NativeFile target = NativeFile.createNew(file, 0644)) {
      target.truncate(size);
      for (long at = 0; at < size; at += 4L * CHUNK) {
        random.nextBytes(chunk);
        if (at == 0) {
          chunk[510] = 0x55;
          chunk[511] = (byte) 0xaa;
        }
        target.write(at, ByteBuffer.wrap(chunk));
      }
      target.sync();
    }
    return file;
  }

  static Path qcow2(Path raw, Path file) throws Exception {
    Shell.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), file.toString());
    Shell.run("sync", file.toString());
    return file;
  }

  /** Removes a file if it is there. */
  static void remove(Path file) throws Exception {
    Files.deleteIfExists(file);
  }
}
