package io.diskwright.core.lock;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/**
 * One key's lock: first among the threads of this JVM, in the order in which they come, then among
 * processes, as a locked byte that all shared holders of this JVM have in common.
 */
final class KeyLock {
  private static final long SHORTEST_PAUSE_NANOS = Duration.ofMillis(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();

  /** Counted by {@link LockFile}, under its monitor. */
  int users;

  private final LockKey key;
  private final NativeFile file;
  private final long offset;
  private final ThreadQueue threads = new ThreadQueue();
  private final Object byteLock = new Object();
  private int holders;

  KeyLock(LockKey key, NativeFile file) {
    this.key = key;
    this.file = file;
    this.offset = offset(key);
  }

  LockKey key() {
    return key;
  }

  /** Waits until it is taken, the call is cancelled, or its deadline is past. */
  void take(LockMode mode, Call call) throws DiskException {
    checkCancelled(call);
    boolean taken = false;
    threads.enter(mode, () -> checkWait(call));
    try {
      takeByte(mode, call);
      taken = true;
    } finally {
      if (!taken) {
        threads.leave(mode);
      }
    }
  }

  void giveBack(LockMode mode) {
    try {
      synchronized (byteLock) {
        holders--;
        if (holders == 0) {
          file.unlock(offset, 1);
        }
      }
    } catch (OsException e) {
      throw new IllegalStateException("lock (%s) cannot be given back".formatted(key), e);
    } finally {
      threads.leave(mode);
    }
  }

  /**
   * Asks again and again: a wait in the kernel could be ended neither by deadline nor cancellation.
   */
  private void takeByte(LockMode mode, Call call) throws DiskException {
    long pause = SHORTEST_PAUSE_NANOS;
    while (!tryByte(mode == LockMode.EXCLUSIVE)) {
      checkWait(call);
      LockSupport.parkNanos(pause);
      pause = Math.min(LONGEST_PAUSE_NANOS, 2 * pause);
    }
  }

  private boolean tryByte(boolean exclusive) throws DiskException {
    try {
      synchronized (byteLock) {
        if (holders == 0 && !file.tryLock(offset, 1, exclusive)) {
          return false;
        }
        holders++;
        return true;
      }
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "lock " + key).resource(file.path().toString()).build();
    }
  }

  private void checkWait(Call call) throws DiskException {
    call.progress().report("waiting for " + key, 0, -1);
    checkCancelled(call);
    if (call.deadline().isPast()) {
      throw DiskException.of(Reason.UNAVAILABLE, "lock " + key)
          .said("another call holds it, and the deadline is past")
          .remedy("wait for the other call to end, or allow more time")
          .build();
    }
  }

  /** Past deadlines are another matter: what is free is taken all the same. */
  private void checkCancelled(Call call) throws DiskException {
    if (call.cancellation().isCancelled() || Thread.currentThread().isInterrupted()) {
      call.check("lock " + key);
    }
  }

  /**
   * Spreads keys over 2^61 bytes (FNV-1a): two that met would only wait for each other, which costs
   * time and nothing else.
   */
  private static long offset(LockKey key) {
    long hash = 0xcbf29ce484222325L;
    for (byte b : key.toString().getBytes(StandardCharsets.UTF_8)) {
      hash = (hash ^ (b & 0xff)) * 0x100000001b3L;
    }
    return hash >>> 3;
  }
}
