package io.diskwright.core.lock;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * A lock file, opened once in this JVM: its keys, and who counts on it.
 *
 * <p>It is closed when no manager and no lease needs it any more. All state is guarded by {@link
 * #FILES}.
 */
final class LockFile {
  private static final Map<Path, LockFile> FILES = new HashMap<>();
  private static final int MODE = 0600;

  private final Path path;
  private final Map<LockKey, KeyLock> keys = new HashMap<>();
  private int users;
  private @Nullable NativeFile file;

  private LockFile(Path path) {
    this.path = path;
  }

  /** Returns the file's only object in this JVM; to be given back with {@link #release}. */
  static LockFile shared(Path path) {
    synchronized (FILES) {
      LockFile file = FILES.computeIfAbsent(path, LockFile::new);
      file.users++;
      return file;
    }
  }

  Path path() {
    return path;
  }

  /** Takes back what {@link #shared} or a lease counted. */
  void release() {
    synchronized (FILES) {
      users--;
      if (users == 0) {
        FILES.remove(path);
        close();
      }
    }
  }

  Lease acquire(LockKey key, LockMode mode, Call call) throws DiskException {
    assert LockOrder.isKept(this, key) : "locks are taken in the order of their scopes: " + key;
    KeyLock lock;
    try {
      lock = join(key);
    } catch (DiskException e) {
      if (mode == LockMode.SHARED && e.nativeCode().equals(OptionalInt.of(Errno.EROFS))) {
        return new ReadOnlyLease(key);
      }
      throw e;
    }
    boolean taken = false;
    try {
      lock.take(mode, call);
      taken = true;
      HostLease lease = new HostLease(this, lock, mode);
      assert LockOrder.remember(lease);
      return lease;
    } finally {
      if (!taken) {
        leave(lock);
      }
    }
  }

  Optional<Lease> tryAcquire(LockKey key, LockMode mode, Call call) throws DiskException {
    KeyLock lock = join(key);
    boolean taken = false;
    try {
      taken = lock.tryTake(mode, call);
      if (!taken) {
        return Optional.empty();
      }
      HostLease lease = new HostLease(this, lock, mode);
      assert LockOrder.remember(lease);
      return Optional.of(lease);
    } finally {
      if (!taken) {
        leave(lock);
      }
    }
  }

  private KeyLock join(LockKey key) throws DiskException {
    synchronized (FILES) {
      NativeFile open = open(key);
      KeyLock lock = keys.computeIfAbsent(key, k -> new KeyLock(k, open));
      lock.users++;
      users++;
      return lock;
    }
  }

  /** Forgets a key that nobody holds or waits for. */
  void leave(KeyLock lock) {
    synchronized (FILES) {
      lock.users--;
      if (lock.users == 0) {
        keys.remove(lock.key());
      }
      release();
    }
  }

  private NativeFile open(LockKey key) throws DiskException {
    NativeFile open = file;
    if (open == null) {
      try {
        open = NativeFile.openOrCreate(path, MODE);
      } catch (OsException e) {
        throw OsErrors.toFailure(e, "lock " + key).resource(path.toString()).build();
      }
      file = open;
    }
    return open;
  }

  private void close() {
    NativeFile open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (OsException e) {
        throw new IllegalStateException("lock file (%s) cannot be closed".formatted(path), e);
      }
    }
  }
}
