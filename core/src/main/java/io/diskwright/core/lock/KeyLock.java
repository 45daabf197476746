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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One key's lock: first among the threads of this JVM, in the order in which they come, then among
 * processes, as a locked byte that all shared holders of this JVM have in common.
 */
final class KeyLock {
  private static final Logger LOG = LoggerFactory.getLogger(KeyLock.class);
  private static final long GATE = 1L << 61; // keys' bytes are below, gates above
  private static final long SHORTEST_PAUSE_NANOS = Duration.ofMillis(1).toNanos();
  private static final long LONGEST_PAUSE_NANOS = Duration.ofMillis(20).toNanos();

  /** Counted by {@link LockFile}, under its monitor. */
  int users;

  private final LockKey key;
  private final NativeFile file;
  private final long offset;
  private final HolderBoard board;
  private final ThreadQueue threads = new ThreadQueue();
  private final Object byteLock = new Object();
  private int holders;

  KeyLock(LockKey key, NativeFile file) {
    this.key = key;
    this.file = file;
    this.offset = offset(key);
    this.board = new HolderBoard(file, key);
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

  /** Takes it if that needs no waiting; returns whether it did. */
  boolean tryTake(LockMode mode, Call call) throws DiskException {
    checkCancelled(call);
    if (!threads.tryEnter(mode)) {
      return false;
    }
    boolean taken = false;
    try {
      taken = tryThroughGate(mode == LockMode.EXCLUSIVE);
      return taken;
    } catch (OsException e) {
      throw cannotLock(e);
    } finally {
      if (!taken) {
        threads.leave(mode);
      }
    }
  }

  private boolean tryThroughGate(boolean exclusive) throws OsException {
    if (!file.tryLock(offset + GATE, 1, exclusive)) {
      return false;
    }
    try {
      if (!tryByte(exclusive)) {
        return false;
      }
    } finally {
      unlock(offset + GATE);
    }
    if (exclusive) {
      report("");
    }
    return true;
  }

  void giveBack(LockMode mode) {
    try {
      synchronized (byteLock) {
        holders--;
        if (holders == 0) {
          unlock(offset);
        }
      }
    } finally {
      threads.leave(mode);
    }
  }

  /** Tells those who wait what is being done; a hint that is not worth a failure. */
  void report(String doing) {
    try {
      board.write(doing);
    } catch (OsException e) {
      LOG.debug("holder of {} not told", key, e);
    }
  }

  /**
   * Goes through the gate, which a waiting exclusive one keeps shut, so that shared ones that keep
   * coming, of whatever process, cannot starve it.
   */
  private void takeByte(LockMode mode, Call call) throws DiskException {
    boolean exclusive = mode == LockMode.EXCLUSIVE;
    await(() -> file.tryLock(offset + GATE, 1, exclusive), call);
    try {
      await(() -> tryByte(exclusive), call);
    } finally {
      unlock(offset + GATE);
    }
    if (exclusive) {
      report("");
    }
  }

  private boolean tryByte(boolean exclusive) throws OsException {
    synchronized (byteLock) {
      if (holders == 0 && !file.tryLock(offset, 1, exclusive)) {
        return false;
      }
      holders++;
      return true;
    }
  }

  /** One try at a locked byte. */
  @FunctionalInterface
  private interface Try {
    boolean succeeds() throws OsException;
  }

  /** Tries again and again: a wait in the kernel could be ended by nothing but the lock. */
  private void await(Try attempt, Call call) throws DiskException {
    long pause = SHORTEST_PAUSE_NANOS;
    try {
      while (!attempt.succeeds()) {
        checkWait(call);
        LockSupport.parkNanos(pause);
        pause = Math.min(LONGEST_PAUSE_NANOS, 2 * pause);
      }
    } catch (OsException e) {
      throw cannotLock(e);
    }
  }

  private DiskException cannotLock(OsException e) {
    return OsErrors.toFailure(e, "lock " + key).resource(file.path().toString()).build();
  }

  private void unlock(long at) {
    try {
      file.unlock(at, 1);
    } catch (OsException e) {
      throw new IllegalStateException("lock (%s) cannot be given back".formatted(key), e);
    }
  }

  private void checkWait(Call call) throws DiskException {
    String holder = holder();
    call.progress().report("waiting for " + key + ", held by " + holder, 0, -1);
    checkCancelled(call);
    if (call.deadline().isPast()) {
      throw DiskException.of(Reason.UNAVAILABLE, "lock " + key)
          .said("it is held by %s, and the deadline is past".formatted(holder))
          .remedy("wait for the other call to end, or allow more time")
          .build();
    }
  }

  private String holder() {
    try {
      return board.read().orElse("another call");
    } catch (OsException e) {
      return "another call";
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
