package io.diskwright.toolkit.pool;

import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A record that was put aside, so that its thing is found no more while it is decided whether the
 * thing goes. Locked as an attempt is, so that a sweep knows that somebody is at it; one thread.
 */
final class Withdrawn implements AutoCloseable {
  private final Stored stored;
  private final Path aside;
  private final NativeFile lock;

  private Withdrawn(Stored stored, Path aside, NativeFile lock) {
    this.stored = stored;
    this.aside = aside;
    this.lock = lock;
  }

  /** Returns it locked, or empty when a sweep was faster and gave it back. */
  static Optional<Withdrawn> lock(Stored stored, Path aside) throws OsException {
    NativeFile lock;
    try {
      lock = NativeFile.openWrite(aside);
    } catch (OsException e) {
      if (e.errno() == Errno.ENOENT) {
        return Optional.empty();
      }
      throw e;
    }
    if (lock.tryLock(Attempt.LIVE_BYTE, 1, true) && Files.exists(aside)) {
      return Optional.of(new Withdrawn(stored, aside, lock));
    }
    lock.close();
    return Optional.empty();
  }

  Path data() {
    return stored.data();
  }

  void giveBack() throws IOException {
    NativeFile.renameNoReplace(aside, stored.record());
  }

  /** Removes the file, then the record: a sweep that finds the record alone removes it. */
  void finish() throws IOException {
    Files.deleteIfExists(stored.data());
    Files.deleteIfExists(aside);
    NativeFile.syncFolder(Folders.of(aside));
  }

  @Override
  public void close() throws OsException {
    lock.close();
  }
}
