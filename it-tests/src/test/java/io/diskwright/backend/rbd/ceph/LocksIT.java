package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.toolkit.os.Errno;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Locks on objects, of two clients. */
class LocksIT extends CephTestBase {
  private static final Duration LONG = Duration.ofMinutes(5);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final String object = name("object");
  private CephCluster otherCluster;
  private CephPool other;

  @BeforeEach
  void connectAnother() throws Exception {
    otherCluster = CephCluster.connect(access(ceph, Duration.ofSeconds(30)));
    other = otherCluster.pool("vms", "");
  }

  @AfterEach
  void disconnectAnother() throws Exception {
    otherCluster.close();
  }

  static void lock(CephPool pool, String object, String cookie, Duration lease)
      throws CephException {
    pool.lock(object, request(cookie, true, lease, false));
  }

  private static LockRequest request(
      String cookie, boolean exclusive, Duration lease, boolean renew) {
    return new LockRequest(
        "lock", cookie, "a test", exclusive ? "" : "tag", exclusive, lease, renew);
  }

  private static void share(CephPool pool, String object, String cookie) throws CephException {
    pool.lock(object, request(cookie, false, LONG, false));
  }

  private static void renew(CephPool pool, String object, String cookie) throws CephException {
    pool.lock(object, request(cookie, true, LONG, true));
  }

  /** Asks until it is there, as there is no way to wait for a lock. */
  private void lockEventually(CephPool pool, String cookie) throws CephException {
    while (true) {
      try {
        lock(pool, object, cookie, LONG);
        return;
      } catch (CephException e) {
        assertThat(e.errno()).isEqualTo(Errno.EBUSY);
      }
    }
  }

  @Test
  void keepsOthersOutUntilItIsGivenBack() throws Exception {
    lock(pool, object, "one", LONG);

    assertFails(Errno.EBUSY, () -> lock(other, object, "two", LONG));
    assertFails(Errno.EBUSY, () -> share(other, object, "two"));
    assertFails(Errno.EBUSY, () -> lock(pool, object, "two", LONG));
    assertFails(Errno.EEXIST, () -> lock(pool, object, "one", LONG));
    assertThat(other.unlock(object, "lock", "one")).isFalse();
    assertThat(pool.unlock(object, "lock", "one")).isTrue();
    assertThat(pool.unlock(object, "lock", "one")).isFalse();
    lock(other, object, "two", LONG);
  }

  @Test
  void isSharedByThoseWhoAskForThat() throws Exception {
    share(pool, object, "one");
    share(other, object, "two");

    assertFails(Errno.EBUSY, () -> lock(pool, object, "three", LONG));
    Lockers lockers = pool.lockers(object, "lock");
    assertThat(lockers.exclusive()).isFalse();
    assertThat(lockers.tag()).isEqualTo("tag");
    assertThat(lockers.all()).extracting(Locker::cookie).containsExactlyInAnyOrder("one", "two");
  }

  @Test
  void lapsesWithItsLease() throws Exception {
    lock(pool, object, "one", SHORT);
    assertFails(Errno.EBUSY, () -> lock(other, object, "two", LONG));

    lockEventually(other, "two");

    assertFails(Errno.ENOENT, () -> renew(pool, object, "one"));
    assertThat(pool.unlock(object, "lock", "one")).isFalse();
    assertThat(pool.lockers(object, "lock").all())
        .extracting(Locker::cookie)
        .containsExactly("two");
  }

  @Test
  @Timeout(60)
  void hasNoHolderOnceItsLeaseIsOver() throws Exception {
    lock(pool, object, "one", SHORT);
    assertThat(pool.lockers(object, "lock").all()).hasSize(1);

    while (!other.lockers(object, "lock").all().isEmpty()) {
      Thread.onSpinWait();
    }
    assertFails(Errno.ENOENT, () -> renew(pool, object, "one"));
  }

  @Test
  void livesOnWhenItIsRenewed() throws Exception {
    lock(pool, object, "one", Duration.ofSeconds(2));
    renew(pool, object, "one");
    long lapsed = System.nanoTime() + Duration.ofSeconds(3).toNanos();

    while (System.nanoTime() < lapsed) {
      assertFails(Errno.EBUSY, () -> lock(other, object, "two", LONG));
    }
  }

  @Test
  void outlivesItsHolderUntilTheLeaseIsOver() throws Exception {
    lock(other, object, "one", Duration.ofSeconds(1));
    otherCluster.close();

    assertFails(Errno.EBUSY, () -> lock(pool, object, "two", LONG));
    lockEventually(pool, "two");
  }

  @Test
  void canBeTakenAway() throws Exception {
    lock(other, object, "one", LONG);
    Locker holder = pool.lockers(object, "lock").all().get(0);

    assertThat(pool.breakLock(object, "lock", holder)).isTrue();
    assertThat(pool.breakLock(object, "lock", holder)).isFalse();
    lock(pool, object, "two", LONG);
    assertFails(Errno.ENOENT, () -> renew(other, object, "one"));
  }

  @Test
  void isHeldByNobodyAtFirst() throws Exception {
    assertThat(pool.lockers(object, "lock").all()).isEmpty();
    pool.write(ObjectWrite.on(object).create());
    assertThat(pool.lockers(object, "lock").all()).isEmpty();
  }

  @Test
  void listsMoreHoldersThanAFirstBufferHolds() throws Exception {
    String padding = "x".repeat(100);
    for (int i = 0; i < 50; i++) {
      share(pool, object, padding + i);
    }
    assertThat(pool.lockers(object, "lock").all())
        .hasSize(50)
        .extracting(Locker::cookie)
        .contains(padding + 49);
  }
}
