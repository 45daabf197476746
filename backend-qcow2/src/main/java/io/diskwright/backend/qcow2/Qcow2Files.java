package io.diskwright.backend.qcow2;

import io.diskwright.toolkit.qcow2.Qcow2Header;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** Reads the pool's own qcow2 files, without any tool and without native code. */
final class Qcow2Files {
  /** Our own headers are shorter; the backing file's name ends within these bytes. */
  private static final int ENOUGH = 4096;

  private Qcow2Files() {}

  static Qcow2Header header(Path file) throws IOException {
    return Qcow2Header.read(read(file, 0, ENOUGH));
  }

  /** Reads a range, or as much of it as there is. */
  static ByteBuffer read(Path file, long offset, int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      int read = 0;
      while (read >= 0 && bytes.hasRemaining()) {
        read = channel.read(bytes, offset + bytes.position());
      }
    }
    return bytes.flip();
  }
}
