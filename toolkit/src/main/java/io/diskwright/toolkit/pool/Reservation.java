package io.diskwright.toolkit.pool;

import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Space that is reserved until this is closed, or its process ends; one thread.
 *
 * <p>A small file that says how much, and for whom. It is held as an attempt's is: who cannot lock
 * it knows that it counts.
 */
public final class Reservation implements AutoCloseable {
  private static final int LONGEST = 4096;

  private final Attempt file;

  private Reservation(Attempt file) {
    this.file = file;
  }

  static Reservation make(Path folder, Space space) throws IOException {
    Attempt file = Attempt.create(folder, "reserved", "space");
    try {
      String text = space.bytes() + " " + space.target();
      file.file().write(0, ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)));
    } catch (IOException e) {
      file.close();
      throw e;
    }
    return new Reservation(file);
  }

  /**
   * What a reservation says.
   *
   * @param bytes how much is reserved
   * @param target for whom
   */
  record Space(long bytes, String target) {}

  /** Reads a reservation; empty when its maker has ended. */
  static Optional<Space> read(Path path) throws IOException {
    try (NativeFile file = NativeFile.openRead(path)) {
      if (!file.isLockedByOthers(Attempt.LIVE_BYTE, 1)) {
        return Optional.empty();
      }
      byte[] bytes = new byte[LONGEST];
      int length = file.read(0, ByteBuffer.wrap(bytes));
      String[] words = new String(bytes, 0, length, StandardCharsets.UTF_8).split(" ", 2);
      return Optional.of(
          words.length == 2 && words[0].matches("\\d{1,18}")
              ? new Space(Long.parseLong(words[0]), words[1])
              : new Space(0, "")); // it is just being written
    }
  }

  /** Removes a reservation whose maker has ended; returns whether it did. */
  static boolean removeIfDead(Path path) throws IOException {
    try (NativeFile file = NativeFile.openRead(path)) {
      return file.tryLock(Attempt.LIVE_BYTE, 1, false) && Files.deleteIfExists(path);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
