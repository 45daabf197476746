package io.diskwright.core.lock;

import io.diskwright.spi.lock.LockKey;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * Who holds which lock exclusively and how far its work is, for those who wait.
 *
 * <p>Kept in the first bytes of the lock file, in places that keys share: what is there is a hint,
 * which is believed only for the right key and while its process lives.
 */
final class HolderBoard {
  private static final int PLACES = 1024;
  private static final int PLACE_BYTES = 256;
  private static final String SEPARATOR = "\n";

  private final NativeFile file;
  private final LockKey key;
  private final long offset;

  HolderBoard(NativeFile file, LockKey key) {
    this.file = file;
    this.key = key;
    this.offset = (long) Math.floorMod(key.hashCode(), PLACES) * PLACE_BYTES;
  }

  /** Says what this process does with the lock; whoever cannot read it waits without knowing. */
  void write(String doing) throws OsException {
    String text =
        String.join(SEPARATOR, key.toString(), Long.toString(ProcessHandle.current().pid()), doing);
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteBuffer place = ByteBuffer.allocate(PLACE_BYTES);
    place.put(bytes, 0, Math.min(bytes.length, PLACE_BYTES - 1));
    file.write(offset, place.rewind());
  }

  /** Returns who holds the lock and what it does, as far as that is known. */
  Optional<String> read() throws OsException {
    ByteBuffer place = ByteBuffer.allocate(PLACE_BYTES);
    int length = file.read(offset, place);
    String text = new String(place.array(), 0, length, StandardCharsets.UTF_8);
    int end = text.indexOf('\0');
    String[] parts = (end < 0 ? text : text.substring(0, end)).split(SEPARATOR, 3);
    if (parts.length < 3 || !parts[0].equals(key.toString()) || !isAlive(parts[1])) {
      return Optional.empty();
    }
    return Optional.of("process " + parts[1] + (parts[2].isEmpty() ? "" : ", " + parts[2]));
  }

  private static boolean isAlive(String pid) {
    return pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isPresent();
  }
}
