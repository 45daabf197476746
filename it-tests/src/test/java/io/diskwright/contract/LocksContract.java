package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The pool's locks, by which one fills a base while the others wait for it. */
public abstract class LocksContract extends Contract {
  private static final LockKey WEB = new LockKey(LockKey.Scope.DISK, "web-1");

  /** Long enough to see whether a lock is free, short enough to wait for one that is not. */
  private static Call glance() {
    return Call.within(Duration.ofMillis(200));
  }

  private Lease take(LockManager locks, LockMode mode) throws DiskException {
    return locks.acquire(WEB, mode, call());
  }

  private static void assertHeld(LockManager locks, LockMode wanted) {
    DiskException refusal =
        assertThrows(DiskException.class, () -> locks.acquire(WEB, wanted, glance()));
    assertEquals(Reason.UNAVAILABLE, refusal.reason(), refusal.getMessage());
    assertFalse(refusal.remedy().orElse("").isBlank(), refusal.getMessage());
  }

  private static void assertFree(LockManager locks, LockMode wanted) throws DiskException {
    locks.acquire(WEB, wanted, glance()).close();
  }

  @Test
  @DisplayName("P3: an exclusive lock keeps all others out until it is given back")
  void anExclusiveLockKeepsAllOthersOut() throws IOException {
    try (ImageBackend second = fixture.open()) {
      Lease lease = take(pool.locks(), LockMode.EXCLUSIVE);
      assertEquals(WEB, lease.key());
      assertEquals(LockMode.EXCLUSIVE, lease.mode());
      assertTrue(lease.isHeld());
      for (LockManager other : List.of(pool.locks(), second.locks())) {
        assertHeld(other, LockMode.EXCLUSIVE);
        assertHeld(other, LockMode.SHARED);
      }
      lease.close();
      assertFalse(lease.isHeld());
      lease.close();
      assertFree(second.locks(), LockMode.EXCLUSIVE);
      assertFree(pool.locks(), LockMode.SHARED);
    }
  }

  @Test
  @DisplayName("P3: a shared lock lets others share it, and keeps out who wants it alone")
  void aSharedLockLetsOthersShareIt() throws IOException {
    try (ImageBackend second = fixture.open()) {
      Lease first = take(pool.locks(), LockMode.SHARED);
      Lease other = take(second.locks(), LockMode.SHARED);
      assertFree(pool.locks(), LockMode.SHARED);
      assertHeld(second.locks(), LockMode.EXCLUSIVE);
      first.close();
      assertTrue(other.isHeld());
      assertHeld(pool.locks(), LockMode.EXCLUSIVE);
      other.close();
      assertFree(pool.locks(), LockMode.EXCLUSIVE);
    }
  }

  @Test
  @DisplayName("P3: who only tries takes what is free, and is told at once what is not")
  void whoOnlyTriesDoesNotWait() throws IOException {
    Call late = Call.within(Duration.ZERO);
    try (ImageBackend second = fixture.open()) {
      Lease alone = pool.locks().tryAcquire(WEB, LockMode.EXCLUSIVE, late).orElseThrow();
      assertEquals(WEB, alone.key());
      assertTrue(alone.isHeld());
      for (LockManager other : List.of(pool.locks(), second.locks())) {
        assertEquals(Optional.empty(), other.tryAcquire(WEB, LockMode.EXCLUSIVE, late));
        assertEquals(Optional.empty(), other.tryAcquire(WEB, LockMode.SHARED, late));
      }
      assertHeld(second.locks(), LockMode.SHARED);
      alone.close();
      Lease shared = second.locks().tryAcquire(WEB, LockMode.SHARED, late).orElseThrow();
      pool.locks().tryAcquire(WEB, LockMode.SHARED, late).orElseThrow().close();
      assertEquals(Optional.empty(), pool.locks().tryAcquire(WEB, LockMode.EXCLUSIVE, late));
      shared.close();
      assertFree(pool.locks(), LockMode.EXCLUSIVE);
    }
  }

  @Test
  @DisplayName("P3: locks on different things do not meet")
  void locksOnDifferentThingsDoNotMeet() throws IOException {
    List<Lease> leases = new ArrayList<>();
    for (LockKey.Scope scope : LockKey.Scope.values()) {
      for (String name : List.of("a", "b", "a.b", "web-1")) {
        leases.add(pool.locks().acquire(new LockKey(scope, name), LockMode.EXCLUSIVE, glance()));
      }
    }
    assertTrue(leases.stream().allMatch(Lease::isHeld));
    leases.forEach(Lease::close);
  }

  @Test
  @DisplayName("P3: of many who want a lock alone, one at a time has it")
  void oneAtATime() throws IOException {
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    try (ImageBackend second = fixture.open()) {
      for (Outcome<Integer> outcome :
          Together.times(8, i -> () -> goInside(i % 2 == 0 ? pool : second, inside, most))) {
        assertEquals(20, outcome.orThrow());
      }
    }
    assertEquals(1, most.get());
  }

  private int goInside(ImageBackend instance, AtomicInteger inside, AtomicInteger most)
      throws DiskException {
    int times = 0;
    while (times < 20) {
      Lease lease = take(instance.locks(), LockMode.EXCLUSIVE);
      int now = inside.incrementAndGet();
      most.accumulateAndGet(now, Math::max);
      inside.decrementAndGet();
      lease.close();
      times++;
    }
    return times;
  }

  @Test
  @DisplayName(
      "P3: who waits is let in when the lock is given back, and a lease may change threads")
  void whoWaitsIsLetIn() throws IOException {
    Lease lease = take(pool.locks(), LockMode.EXCLUSIVE);
    CountDownLatch waiting = new CountDownLatch(1);
    Progress onWaiting = (step, done, total) -> waiting.countDown();
    Call patient = Call.of(call().deadline(), new Cancellation(), onWaiting);
    Callable<Boolean> waiter =
        () -> {
          Lease own = pool.locks().acquire(WEB, LockMode.EXCLUSIVE, patient);
          boolean alone = !lease.isHeld();
          own.close();
          return alone;
        };
    Callable<Boolean> giver =
        () -> {
          waiting.await();
          lease.close();
          return true;
        };
    for (Outcome<Boolean> outcome : Together.atOnce(List.of(waiter, giver))) {
      assertTrue(outcome.orThrow());
    }
  }

  @Test
  @DisplayName("what is free is taken without a word, so that only who waits hears of a wait")
  void whatIsFreeIsTakenWithoutAWord() throws IOException {
    List<String> told = new ArrayList<>();
    Call call = Call.of(call().deadline(), new Cancellation(), (step, done, of) -> told.add(step));
    for (LockMode mode : LockMode.values()) {
      pool.locks().acquire(WEB, mode, call).close();
    }
    assertEquals(List.of(), told);
  }

  @Test
  @DisplayName("P7: a wait ends when it is cancelled")
  void aWaitEndsWhenItIsCancelled() throws IOException {
    Lease lease = take(pool.locks(), LockMode.EXCLUSIVE);
    Cancellation cancellation = new Cancellation();
    Progress cancelOnWaiting = (step, done, total) -> cancellation.cancel();
    Call call = Call.of(call().deadline(), cancellation, cancelOnWaiting);
    DiskException refusal =
        assertThrows(
            DiskException.class, () -> pool.locks().acquire(WEB, LockMode.EXCLUSIVE, call));
    assertEquals(Reason.CANCELLED, refusal.reason(), refusal.getMessage());
    lease.close();
    assertFree(pool.locks(), LockMode.EXCLUSIVE);
  }

  @Test
  @DisplayName("a lock manager that is closed gives no locks, and takes none away")
  void aClosedManagerGivesNoLocks() throws IOException {
    ImageBackend second = fixture.open();
    LockManager locks = second.locks();
    Lease lease = take(locks, LockMode.EXCLUSIVE);
    second.close();
    assertThrows(IllegalStateException.class, () -> take(locks, LockMode.SHARED));
    assertThrows(IllegalStateException.class, () -> locks.tryAcquire(WEB, LockMode.SHARED, call()));
    assertTrue(lease.isHeld());
    assertHeld(pool.locks(), LockMode.SHARED);
    lease.close();
    assertFree(pool.locks(), LockMode.EXCLUSIVE);
  }
}
