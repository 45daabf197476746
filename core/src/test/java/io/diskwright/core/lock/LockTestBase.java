package io.diskwright.core.lock;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;

/** A lock file, managers for it, and threads that wait for its locks. */
abstract class LockTestBase {
  static final LockKey KEY = new LockKey(LockKey.Scope.BASE, "key");
  private static final Duration PATIENCE = Duration.ofMinutes(1);

  @TempDir Path folder;
  private final List<LockManager> managers = new ArrayList<>();

  final Path lockFile() {
    return folder.resolve("locks");
  }

  final LockManager manager() {
    LockManager manager = HostLocks.of(lockFile());
    managers.add(manager);
    return manager;
  }

  @AfterEach
  void closeManagers() throws Exception {
    for (LockManager manager : managers) {
      manager.close();
    }
  }

  static Call patient() {
    return Call.within(PATIENCE);
  }

  /** A call that may wait no longer than it takes to see that it would have to. */
  static Call impatient() {
    return Call.within(Duration.ofMillis(200));
  }

  /** A thread that takes a lock and gives it back at once, telling in which order it had it. */
  static final class Waiter {
    private final CountDownLatch waits = new CountDownLatch(1);
    private final Cancellation cancellation = new Cancellation();
    private final CompletableFuture<Boolean> outcome = new CompletableFuture<>();
    private final Thread thread;

    Waiter(LockManager manager, LockMode mode, Runnable whileHeld) {
      Progress progress = (step, done, total) -> waits.countDown();
      Call call = Call.of(Deadline.after(PATIENCE), cancellation, progress);
      this.thread = new Thread(() -> take(manager, mode, call, whileHeld));
      thread.start();
    }

    private void take(LockManager manager, LockMode mode, Call call, Runnable whileHeld) {
      try (Lease lease = manager.acquire(KEY, mode, call)) {
        whileHeld.run();
        outcome.complete(lease.isHeld());
      } catch (Exception | AssertionError e) {
        outcome.completeExceptionally(e);
      }
    }

    Waiter untilItWaits() throws InterruptedException {
      if (!waits.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError("it never waited");
      }
      return this;
    }

    void cancel() {
      cancellation.cancel();
    }

    void interrupt() {
      thread.interrupt();
    }

    boolean isDone() {
      return outcome.isDone();
    }

    boolean succeeded() throws Exception {
      return outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    Throwable failure() throws Exception {
      return outcome.handle((held, failure) -> failure).get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }
  }

  static void until(String what, Callable<Boolean> condition) throws Exception {
    Deadline deadline = Deadline.after(PATIENCE);
    while (!condition.call()) {
      if (deadline.isPast()) {
        throw new AssertionError("this did not happen: " + what);
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }
}
