package io.diskwright.backend.qcow2;

import io.diskwright.toolkit.qcow2.Qcow2Header;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Path;

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
    // Unlike a channel, it is not closed by an interrupt of the thread that reads.
    try (RandomAccessFile reader = new RandomAccessFile(file.toFile(), "r")) {
      reader.seek(offset);
      int read = 0;
      while (read >= 0 && bytes.hasRemaining()) {
        bytes.position(bytes.position() + read);
        read = reader.read(bytes.array(), bytes.position(), bytes.remaining());
      }
    }
    return bytes.flip();
  }
}
