package io.diskwright.toolkit.pool;

import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * One try at making a file of a pool, on a file of its own that nobody else writes.
 *
 * <p>While it is open it holds a lock on a byte far behind any data, which says that it has a live
 * writer. Closing it before it was published removes the file.
 */
public final class Attempt implements AutoCloseable {
  /** The byte on which a live writer holds its lock. */
  static final long LIVE_BYTE = 1L << 62;

  /** Bases can be read by who knows their names, such as QEMU: nobody else is to guess them. */
  private static final SecureRandom RANDOM = new SecureRandom();

  private final NativeFile file;
  private final String id;
  private boolean published;
  private @Nullable Reservation reservation;

  private Attempt(NativeFile file, String id) {
    this.file = file;
    this.id = id;
  }

  static Attempt create(Path folder, String name, String suffix) throws IOException {
    while (true) {
      String id = "%016x".formatted(RANDOM.nextLong());
      Path path = folder.resolve(name + '.' + id + '.' + suffix);
      try {
        Attempt attempt = new Attempt(NativeFile.createNew(path, 0600), id);
        if (attempt.isAlive()) {
          return attempt;
        }
      } catch (OsException e) {
        if (e.errno() != Errno.EEXIST) {
          throw e;
        }
      }
    }
  }

  /** A sweeper may have come between creating and locking; what it took is not used. */
  private boolean isAlive() throws IOException {
    boolean alive = false;
    try {
      alive = file.tryLock(LIVE_BYTE, 1, true) && file.stat().links() > 0;
      return alive;
    } finally {
      if (!alive) {
        close();
      }
    }
  }

  /** Returns the file, open for reading and writing. */
  public NativeFile file() {
    return file;
  }

  /** Returns the file's path, which stays the same when it is published. */
  public Path path() {
    return file.path();
  }

  /** Returns the attempt's own number, 16 hexadecimal digits. */
  String id() {
    return id;
  }

  /** Returns whether space has been reserved for it. */
  boolean hasReserved() {
    return reservation != null;
  }

  /** Takes what was reserved for it, which is given back when this is closed. */
  void hold(Reservation reserved) {
    reservation = reserved;
  }

  void markPublished() {
    published = true;
  }

  @Override
  public void close() throws IOException {
    try (file) {
      if (!published) {
        published = true;
        Files.deleteIfExists(path());
      }
    } finally {
      if (reservation != null) {
        reservation.close();
      }
    }
  }
}
