package io.diskwright.toolkit.pool;

import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * A record that was put aside, so that its thing is found no more while it is decided whether the
 * thing goes. Locked as an attempt is, so that a sweep knows that somebody is at it. Closing it
 * gives the record back, unless it was finished; one thread.
 */
final class Withdrawn implements AutoCloseable {
  private static final long PAUSE_NANOS = 1_000_000;

  private final Path record;
  private final Path aside;
  private final NativeFile lock;
  private final Optional<Path> data;
  private boolean finished;

  private Withdrawn(Path record, Path aside, NativeFile lock, Optional<Path> data) {
    this.record = record;
    this.aside = aside;
    this.lock = lock;
    this.data = data;
  }

  /**
   * Puts a record aside: locks it first, so that whoever finds it aside finds it locked.
   *
   * @return the record, or empty when there is none
   */
  static Optional<Withdrawn> take(Path record, Path aside, Shelf shelf) throws IOException {
    while (true) {
      NativeFile lock;
      try {
        lock = NativeFile.openWrite(record);
      } catch (OsException e) {
        if (e.errno() == Errno.ENOENT) {
          return Optional.empty();
        }
        throw e;
      }
      Optional<Withdrawn> taken = take(record, aside, shelf, lock);
      if (taken.isPresent()) {
        return taken;
      }
      LockSupport.parkNanos(PAUSE_NANOS); // another one decides about it, and is soon done
    }
  }

  /** What can fail comes before the record is put aside: a failure leaves it where it is. */
  private static Optional<Withdrawn> take(Path record, Path aside, Shelf shelf, NativeFile lock)
      throws IOException {
    boolean taken = false;
    try {
      if (lock.tryLock(Attempt.LIVE_BYTE, 1, true) && isStill(record, lock)) {
        Optional<Path> data = shelf.dataOf(record);
        NativeFile.renameNoReplace(record, aside);
        taken = true;
        return Optional.of(new Withdrawn(record, aside, lock, data));
      }
      return Optional.empty();
    } finally {
      if (!taken) {
        lock.close();
      }
    }
  }

  private static boolean isStill(Path record, NativeFile open) throws IOException {
    try {
      return FileStat.of(record).inode() == open.stat().inode();
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  /** Returns the file that the record names; empty when the record is damaged. */
  Optional<Path> data() {
    return data;
  }

  /**
   * Removes the file, then the record: a sweep that finds the record alone removes it. When the
   * file cannot be removed, nothing has changed.
   */
  void finish(boolean sync) throws IOException {
    if (data.isPresent()) {
      Files.deleteIfExists(data.get());
    }
    finished = true; // a record whose file is gone must not come back
    Files.deleteIfExists(aside);
    if (sync) {
      NativeFile.syncFolder(Folders.of(aside));
    }
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      if (!finished) {
        giveBack();
      }
    }
  }

  /**
   * Another of the name that was published in the meantime stays; then the file of this one goes
   * with the next sweep that finds that nothing depends on it.
   */
  private void giveBack() throws IOException {
    try {
      NativeFile.renameNoReplace(aside, record);
    } catch (OsException e) {
      if (e.errno() != Errno.EEXIST) {
        throw e;
      }
      Files.deleteIfExists(aside);
    }
  }
}
