package io.diskwright.it.bench;

import io.diskwright.toolkit.os.NativeFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Makes images to measure with. */
final class Images {
  private static final int CHUNK = 1024 * 1024;
  private static final int TINY = 64 * 1024;
  private static final long SETTLED = 2L * 1024 * CHUNK;

  private Images() {}

  /** Makes a sparse raw image with a partition table's mark, of which one part in four is data. */
  static Path raw(Path file, long size) throws Exception {
    return raw(file, size, 4);
  }

  /** As above, with one part in so many data. */
  static Path raw(Path file, long size, int parts) throws Exception {
    return raw(file, size, parts, 0xff);
  }

  private static Path raw(Path file, long size, int parts, int bits) throws Exception {
    Random random = new Random(size);
    byte[] chunk = new byte[CHUNK];
    try (NativeFile target = NativeFile.createNew(file, 0644)) {
      target.truncate(size);
      for (long at = 0; at < size; at += (long) parts * CHUNK) {
        random.nextBytes(chunk);
        for (int i = 0; i < chunk.length; i++) {
          chunk[i] &= (byte) bits;
        }
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

  /** Makes a raw image that is as small as a pool with many of them can bear. */
  static Path tiny(Path file, long seed) throws Exception {
    byte[] bytes = new byte[TINY];
    new Random(seed).nextBytes(bytes);
    bytes[510] = 0x55;
    bytes[511] = (byte) 0xaa;
    return Files.write(file, bytes);
  }

  /** As {@link #raw(Path, long)}, of data that compression makes half as long. */
  static Path compressible(Path file, long size) throws Exception {
    return raw(file, size, 4, 0x0f);
  }

  static Path qcow2(Path raw, Path file) throws Exception {
    return convert(raw, file);
  }

  /** Makes a qcow2 of compressed clusters, as those are that distributions publish. */
  static Path compressedQcow2(Path raw, Path file) throws Exception {
    return convert(raw, file, "-c");
  }

  private static Path convert(Path raw, Path file, String... options) throws Exception {
    List<String> command = new ArrayList<>(List.of("qemu-img", "convert", "-f", "raw"));
    command.addAll(List.of(options));
    command.addAll(List.of("-O", "qcow2", raw.toString(), file.toString()));
    Shell.run(command.toArray(String[]::new));
    Shell.run("sync", file.toString());
    return file;
  }

  /**
   * Waits until the disk is quiet, and touches memory for the page cache: a host that has taken
   * back what was free gives it slowly, and would make whoever comes next look slow.
   */
  static void settle(Path folder) throws Exception {
    Shell.run("sync");
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK);
    try (NativeFile file = NativeFile.createUnnamed(folder, 0600)) {
      for (long at = 0; at < SETTLED; at += CHUNK) {
        file.write(at, chunk.clear());
      }
    }
  }

  /** Removes a file if it is there. */
  static void remove(Path file) throws Exception {
    Files.deleteIfExists(file);
  }
}
