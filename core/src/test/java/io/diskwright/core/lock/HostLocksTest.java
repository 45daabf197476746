package io.diskwright.core.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import io.diskwright.toolkit.os.FileStat;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Host locks among the threads and managers of one JVM. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostLocksTest extends LockTestBase {
  private static DiskException failure(LockManager manager, LockMode mode, Call call) {
    return catchThrowableOfType(
        DiskException.class, () -> manager.acquire(KEY, mode, call).close());
  }

  private static void assertFree(LockManager manager) throws DiskException {
    manager.acquire(KEY, LockMode.EXCLUSIVE, impatient()).close();
  }

  @Test
  void aLeaseTellsWhatItHolds() throws DiskException {
    Lease lease = manager().acquire(KEY, LockMode.SHARED, patient());

    assertThat(lease.key()).isEqualTo(KEY);
    assertThat(lease.mode()).isEqualTo(LockMode.SHARED);
    assertThat(lease.isHeld()).isTrue();
    lease.close();
    assertThat(lease.isHeld()).isFalse();
  }

  @Test
  void anExclusiveLockAdmitsNobody() throws DiskException {
    LockManager manager = manager();
    try (Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      assertThat(lease.isHeld()).isTrue();
      assertThat(failure(manager, LockMode.EXCLUSIVE, impatient()).reason())
          .isEqualTo(Reason.UNAVAILABLE);
      assertThat(failure(manager, LockMode.SHARED, impatient()).reason())
          .isEqualTo(Reason.UNAVAILABLE);
    }
    assertFree(manager);
  }

  @Test
  void sharedLocksAdmitEachOther() throws DiskException {
    LockManager manager = manager();
    Lease one = manager.acquire(KEY, LockMode.SHARED, patient());
    Lease two = manager.acquire(KEY, LockMode.SHARED, patient());

    assertThat(failure(manager, LockMode.EXCLUSIVE, impatient())).isNotNull();
    one.close();
    assertThat(failure(manager, LockMode.EXCLUSIVE, impatient())).isNotNull();
    two.close();
    assertFree(manager);
  }

  @Test
  void otherKeysAreFree() throws DiskException {
    LockManager manager = manager();
    List<Lease> leases = new ArrayList<>();
    for (LockKey.Scope scope : LockKey.Scope.values()) {
      for (int i = 0; i < 200; i++) {
        leases.add(manager.acquire(new LockKey(scope, "key" + i), LockMode.EXCLUSIVE, impatient()));
      }
    }

    assertThat(leases).allMatch(Lease::isHeld);
    leases.forEach(Lease::close);
  }

  @Test
  void aLockMayBeGivenBackTwiceAndByAnotherThread() throws Exception {
    LockManager manager = manager();
    Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, patient());

    CompletableFuture.runAsync(lease::close).get();
    Lease next = manager.acquire(KEY, LockMode.EXCLUSIVE, impatient());
    lease.close();

    assertThat(next.isHeld()).isTrue();
    assertThat(failure(manager, LockMode.SHARED, impatient())).isNotNull();
    next.close();
  }

  @Test
  void theMessageOfADeadlineSaysWhatItWaitedFor() throws DiskException {
    LockManager manager = manager();
    try (Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      assertThat(lease.isHeld()).isTrue();
      DiskException failure = failure(manager, LockMode.EXCLUSIVE, impatient());

      assertThat(failure)
          .hasMessageContaining("cannot lock base key")
          .hasMessageContaining("deadline");
      assertThat(failure.remedy()).isPresent();
    }
  }

  @Test
  void aDeadlineThatIsPastTakesAFreeLockAndWaitsForNoOther() throws DiskException {
    LockManager manager = manager();
    try (Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, Call.within(Duration.ZERO))) {
      assertThat(lease.isHeld()).isTrue();
      assertThat(failure(manager, LockMode.EXCLUSIVE, Call.within(Duration.ZERO)).reason())
          .isEqualTo(Reason.UNAVAILABLE);
    }
  }

  @Test
  void whoOnlyTriesDoesNotOvertakeWhoWaits() throws Exception {
    LockManager manager = manager();
    Lease reader = manager.acquire(KEY, LockMode.SHARED, patient());
    Waiter writer = new Waiter(manager, LockMode.EXCLUSIVE, () -> {}).untilItWaits();

    assertThat(manager.tryAcquire(KEY, LockMode.SHARED, patient())).isEmpty();

    reader.close();
    assertThat(writer.succeeded()).isTrue();
    assertFree(manager);
  }

  @Test
  void tryingLeavesNothingOpenAndMayBeCancelled() throws Exception {
    LockManager manager = manager();
    Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, patient());
    Cancellation cancelled = new Cancellation();
    cancelled.cancel();

    assertThat(manager.tryAcquire(KEY, LockMode.SHARED, patient())).isEmpty();
    DiskException failure =
        catchThrowableOfType(
            DiskException.class,
            () ->
                manager.tryAcquire(
                    KEY, LockMode.SHARED, Call.of(patient().deadline(), cancelled, Progress.NONE)));

    assertThat(failure.reason()).isEqualTo(Reason.CANCELLED);
    lease.close();
    manager.close();
    assertThat(opens()).isZero();
  }

  @Test
  void whoWaitsMayCancel() throws Exception {
    LockManager manager = manager();
    try (Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      Waiter waiter = new Waiter(manager, LockMode.EXCLUSIVE, () -> {}).untilItWaits();

      waiter.cancel();

      assertThat(((DiskException) waiter.failure()).reason()).isEqualTo(Reason.CANCELLED);
      assertThat(lease.isHeld()).isTrue();
    }
    assertFree(manager);
  }

  @Test
  void whoWaitsMayBeInterrupted() throws Exception {
    LockManager manager = manager();
    try (Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      Waiter waiter = new Waiter(manager, LockMode.SHARED, () -> {}).untilItWaits();

      waiter.interrupt();

      assertThat(((DiskException) waiter.failure()).reason()).isEqualTo(Reason.CANCELLED);
      assertThat(lease.isHeld()).isTrue();
    }
    assertFree(manager);
  }

  @Test
  void anInterruptIsKept() {
    LockManager manager = manager();
    Thread.currentThread().interrupt();

    DiskException failure = failure(manager, LockMode.EXCLUSIVE, patient());

    assertThat(Thread.interrupted()).isTrue();
    assertThat(failure.reason()).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void whoComesFirstIsServedFirst() throws Exception {
    LockManager manager = manager();
    List<Integer> served = Collections.synchronizedList(new ArrayList<>());
    List<Waiter> waiters = new ArrayList<>();
    try (Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      for (int i = 0; i < 8; i++) {
        int number = i;
        waiters.add(
            new Waiter(manager, LockMode.EXCLUSIVE, () -> served.add(number)).untilItWaits());
      }
      assertThat(lease.isHeld()).isTrue();
    }
    for (Waiter waiter : waiters) {
      assertThat(waiter.succeeded()).isTrue();
    }

    assertThat(served).isEqualTo(IntStream.range(0, 8).boxed().toList());
  }

  @Test
  void whoWantsToShareDoesNotOvertakeWhoWaitsForAllToGo() throws Exception {
    LockManager manager = manager();
    Lease reader = manager.acquire(KEY, LockMode.SHARED, patient());
    Waiter writer = new Waiter(manager, LockMode.EXCLUSIVE, () -> {}).untilItWaits();

    assertThat(failure(manager, LockMode.SHARED, impatient()))
        .as("else a stream of readers keeps a writer waiting for ever")
        .isNotNull();

    reader.close();
    assertThat(writer.succeeded()).isTrue();
    assertFree(manager);
  }

  @Test
  void whoGivesUpHoldsUpNobody() throws Exception {
    LockManager manager = manager();
    Lease reader = manager.acquire(KEY, LockMode.SHARED, patient());
    Waiter writer = new Waiter(manager, LockMode.EXCLUSIVE, () -> {}).untilItWaits();
    Waiter next = new Waiter(manager, LockMode.SHARED, () -> {}).untilItWaits();
    assertThat(next.isDone()).isFalse();

    writer.cancel();

    assertThat(next.succeeded()).isTrue();
    reader.close();
    assertFree(manager);
  }

  @Test
  void twoManagersOfOneFileExcludeEachOther() throws DiskException {
    LockManager one = manager();
    LockManager two = HostLocks.of(folder.resolve("x/../locks"));
    try (Lease lease = one.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      assertThat(lease.isHeld()).isTrue();
      assertThat(failure(two, LockMode.SHARED, impatient())).isNotNull();
    }
    assertFree(two);
    two.close();
  }

  @Test
  void aClosedManagerGivesNoMoreAndItsLeasesStayHeld() throws DiskException {
    LockManager one = manager();
    Lease lease = one.acquire(KEY, LockMode.EXCLUSIVE, patient());

    one.close();
    one.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> one.acquire(KEY, LockMode.SHARED, patient()));
    LockManager two = manager();
    assertThat(lease.isHeld()).isTrue();
    assertThat(failure(two, LockMode.SHARED, impatient())).isNotNull();
    lease.close();
    assertFree(two);
  }

  @Test
  void whoWaitsLearnsWhoHoldsTheLockAndHowFarItsWorkIs() throws Exception {
    LockManager manager = manager();
    try (Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      lease.report("converting, 45 %");

      DiskException failure =
          failure(manager, LockMode.SHARED, Call.within(Duration.ofMillis(100)));

      assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(failure)
          .hasMessageContaining("process " + ProcessHandle.current().pid() + ", converting, 45 %");
    }
  }

  @Test
  void whatTheLastHolderDidIsForgottenByTheNext() throws Exception {
    LockManager manager = manager();
    try (Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      lease.report("converting, 45 %");
    }
    try (Lease lease = manager.acquire(KEY, LockMode.EXCLUSIVE, patient())) {
      DiskException failure =
          failure(manager, LockMode.SHARED, Call.within(Duration.ofMillis(100)));

      assertThat(lease.isHeld()).isTrue();
      assertThat(failure).hasMessageNotContaining("converting");
    }
  }

  @Test
  void oneFileIsMadeAndKept() throws Exception {
    LockManager manager = manager();
    assertThat(lockFile()).doesNotExist();
    for (int i = 0; i < 100; i++) {
      LockKey key = new LockKey(LockKey.Scope.DISK, "disk" + i);
      manager.acquire(key, LockMode.EXCLUSIVE, patient()).close();
    }
    FileStat first = FileStat.of(lockFile());
    manager.close();
    assertFree(manager());

    assertThat(FileStat.of(lockFile()).inode()).isEqualTo(first.inode());
    assertThat(FileStat.of(lockFile()).size()).isBetween(1L, 256L * 1024);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(lockFile());
    }
  }

  @Test
  void nothingStaysOpenWhenNobodyNeedsIt() throws Exception {
    LockManager manager = manager();
    Lease lease = manager.acquire(KEY, LockMode.SHARED, patient());
    manager.close();
    assertThat(opens()).isEqualTo(1);

    lease.close();

    assertThat(opens()).isZero();
  }

  private long opens() throws Exception {
    Path file = lockFile().toRealPath();
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      return descriptors.filter(each -> leadsTo(each, file)).count();
    }
  }

  private static boolean leadsTo(Path descriptor, Path file) {
    try {
      return Files.readSymbolicLink(descriptor).equals(file);
    } catch (java.io.IOException e) {
      return false; // it was closed in the meantime
    }
  }

  @Test
  void aLockFileThatCannotBeMadeSaysSo() {
    LockManager manager = HostLocks.of(folder.resolve("no/such/folder/locks"));

    DiskException failure = failure(manager, LockMode.SHARED, patient());

    assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(failure).hasMessageContaining("no/such/folder");
    manager.close();
  }

  @Test
  void manyThreadsNeverHoldWhatExcludesEachOther() throws Exception {
    LockManager[] managers = {manager(), manager()};
    AtomicInteger readers = new AtomicInteger();
    AtomicInteger writers = new AtomicInteger();
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      Random random = new Random(i);
      LockManager manager = managers[i % 2];
      tasks.add(
          () -> {
            for (int turn = 0; turn < 100; turn++) {
              LockMode mode = random.nextInt(4) == 0 ? LockMode.EXCLUSIVE : LockMode.SHARED;
              AtomicInteger mine = mode == LockMode.SHARED ? readers : writers;
              try (Lease lease = manager.acquire(KEY, mode, patient())) {
                mine.incrementAndGet();
                assertThat(lease.isHeld()).isTrue();
                assertThat(writers.get()).isEqualTo(mode == LockMode.SHARED ? 0 : 1);
                assertThat(mode == LockMode.SHARED || readers.get() == 0).isTrue();
                mine.decrementAndGet();
              }
            }
            return 100;
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      for (Future<Integer> each : threads.invokeAll(tasks, 100, TimeUnit.SECONDS)) {
        assertThat(each.get()).isEqualTo(100);
      }
    } finally {
      threads.shutdownNow();
    }
    assertFree(managers[0]);
  }
}
