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
 * thing goes. Locked as an attempt is, so that a sweep knows that somebody is at it. Closing it
 * gives the record back, unless it was finished; one thread.
 */
final class Withdrawn implements AutoCloseable {
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

  /** Returns it locked, or empty when a sweep was faster and gave it back. */
  static Optional<Withdrawn> lock(Path record, Path aside, Shelf shelf) throws IOException {
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
      return Optional.of(new Withdrawn(record, aside, lock, shelf.dataOf(aside, record)));
    }
    lock.close();
    return Optional.empty();
  }

  /** Returns the file that the record names; empty when the record is damaged. */
  Optional<Path> data() {
    return data;
  }

  /** Removes the file, then the record: a sweep that finds the record alone removes it. */
  void finish(boolean sync) throws IOException {
    finished = true;
    if (data.isPresent()) {
      Files.deleteIfExists(data.get());
    }
    Files.deleteIfExists(aside);
    if (sync) {
      NativeFile.syncFolder(Folders.of(aside));
    }
  }

  @Override
  public void close() throws IOException {
    try (lock) {
      if (!finished) {
        NativeFile.renameNoReplace(aside, record);
      }
    }
  }
}
