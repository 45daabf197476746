package io.diskwright.spi.backend;

import io.diskwright.spi.config.Settings;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.lock.LockManager;
import java.nio.file.Path;
import java.time.Duration;

/** What a backend is given to open a pool. */
public interface PoolContext {
  /** Returns the pool's name. */
  PoolName name();

  /** Returns the values of the keys that the provider declares. */
  Settings settings();

  /** Returns after how long without any progress a child process or native call is given up. */
  Duration stallTimeout();

  /**
   * Returns how many bytes of the storage must stay free: a fill, a full copy or a preallocated
   * disk that would take of them is refused with reason {@code NO_SPACE} before it starts.
   */
  long keepFree();

  /**
   * Opens core's host locks, which hold across the threads and processes of this host.
   *
   * <p>For storage that one host uses alone; a backend on storage that hosts share brings its own
   * manager.
   *
   * @param lockFile a file that all who open the pool on this host agree on; made when it is not
   *     there, never removed
   * @return the manager, which the backend closes
   * @throws DiskException when the file cannot be made or opened
   */
  LockManager hostLocks(Path lockFile) throws DiskException;
}
