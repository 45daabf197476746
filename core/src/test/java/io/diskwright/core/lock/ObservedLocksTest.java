package io.diskwright.core.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.core.event.Events;
import io.diskwright.core.event.PoolEvent;
import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.event.PoolListener;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ObservedLocksTest extends LockTestBase {
  private static final PoolName POOL = new PoolName("pool");

  private final List<PoolEvent> heard = new CopyOnWriteArrayList<>();

  private LockManager observed(PoolListener listener) {
    return new ObservedLocks(manager(), new Events(POOL, listener));
  }

  @ParameterizedTest
  @EnumSource
  void whatIsFreeMakesNoEvent(LockMode mode) throws Exception {
    LockManager locks = observed(heard::add);

    for (int i = 0; i < 3; i++) {
      locks.acquire(KEY, mode, patient()).close();
      locks.tryAcquire(KEY, mode, patient()).orElseThrow().close();
    }

    assertThat(heard).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void aWaitIsToldWhenItIsOver(LockMode mode) throws Exception {
    LockManager locks = observed(heard::add);
    Lease held = manager().acquire(KEY, LockMode.EXCLUSIVE, patient());
    Waiter waiter = new Waiter(locks, mode, () -> assertThat(heard).hasSize(1)).untilItWaits();
    assertThat(heard).isEmpty();

    held.close();

    assertThat(waiter.succeeded()).isTrue();
    assertThat(heard).hasSize(1);
    PoolEvent wait = heard.get(0);
    assertThat(wait.kind()).isEqualTo(Kind.WAIT);
    assertThat(wait.pool()).isEqualTo(POOL);
    assertThat(wait.resource()).isEqualTo(KEY.name());
    assertThat(wait.way()).isEqualTo("base");
    assertThat(wait.duration()).isPositive();
    assertThat(wait.bytes()).isZero();
    assertThat(wait.failure()).isEmpty();
    assertThat(wait.detail()).contains("held by").contains(Long.toString(pid()));
  }

  private static long pid() {
    return ProcessHandle.current().pid();
  }

  @Test
  void aWaitThatIsGivenUpIsToldAsAFailure() throws Exception {
    LockManager locks = observed(heard::add);
    try (Lease held = locks.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      DiskException failure =
          catchThrowableOfType(
              DiskException.class, () -> locks.acquire(KEY, LockMode.SHARED, impatient()));

      assertThat(held.isHeld()).isTrue();
      assertThat(heard).hasSize(1);
      assertThat(heard.get(0).failure()).hasValue(Reason.UNAVAILABLE);
      assertThat(heard.get(0).way()).isEqualTo("base");
      assertThat(heard.get(0).detail()).isEqualTo(failure.getMessage());
    }
  }

  @Test
  void aListenerThatThrowsLosesNoLock() throws Exception {
    LockManager locks =
        observed(
            event -> {
              heard.add(event);
              throw new AssertionError("thrown by a listener, on purpose");
            });
    Lease held = locks.acquire(KEY, LockMode.EXCLUSIVE, patient());
    Waiter waiter = new Waiter(locks, LockMode.EXCLUSIVE, () -> {}).untilItWaits();

    held.close();

    assertThat(waiter.succeeded()).isTrue();
    assertThat(heard).hasSize(1);
    locks.acquire(KEY, LockMode.EXCLUSIVE, impatient()).close();
  }

  @Test
  void whenNobodyListensTheLocksAreTheSame() throws Exception {
    LockManager locks = observed(PoolListener.NONE);
    try (Lease held = locks.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      assertThat(held.key()).isEqualTo(KEY);
      assertThat(
              catchThrowableOfType(
                  DiskException.class, () -> locks.acquire(KEY, LockMode.SHARED, impatient())))
          .isNotNull();
    }
  }
}
