package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.backend.rbd.ceph.NativeDeath;
import io.diskwright.it.support.Ceph;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A process that has made the request of a scenario, in a namespace of its own, and was killed
 * before its n-th native call that changes something, if it came to that. One thread at a time.
 */
final class RbdKill {
  private static final String[] KEYS = {
    "timeout: 2s", "lease: 4s", "in-use-wait: 1s", "object-size: 512K"
  };

  private final RbdScenarios scenarios;
  private final RequestScenario scenario;
  private final int n;
  private final Path home;
  private final boolean stays;
  private final Program.End end;
  private boolean inUse;

  private RbdKill(
      RbdScenarios scenarios,
      RequestScenario scenario,
      int n,
      Path home,
      boolean stays,
      Program.End end) {
    this.scenarios = scenarios;
    this.scenario = scenario;
    this.n = n;
    this.home = home;
    this.stays = stays;
    this.end = end;
  }

  /**
   * Brings a fresh pool to where the scenario begins, and runs the process to its end.
   *
   * @param n before which call it is killed, counted from 1; 0 for none
   */
  static RbdKill run(
      Ceph ceph, ArchivedJava java, RbdScenarios scenarios, RequestScenario scenario, int n)
      throws IOException {
    Path home = PoolOnCeph.make(ceph, scenarios.folder(), KEYS);
    boolean stays;
    try (TestPool before = TestPool.open(home)) {
      scenario.before().with(before);
      stays = scenarios.hasWhatStays(before);
    }
    Program.End end = Program.end(java.java(RbdRequestMain.class, home, scenario.name(), n));
    assertThat(end.status()).as("%s, %d: %s", scenario.name(), n, end).isIn(0, NativeDeath.STATUS);
    return new RbdKill(scenarios, scenario, n, home, stays, end);
  }

  /** Has a process that nobody kills make the archive of classes for all that follow. */
  static void train(Ceph ceph, ArchivedJava java, RbdScenarios scenarios, RequestScenario scenario)
      throws IOException {
    Path home = PoolOnCeph.make(ceph, scenarios.folder(), KEYS);
    Path archive = scenarios.folder().resolve("classes.jsa");
    Program.End end = java.train(archive, RbdRequestMain.class, home, scenario.name(), 0);
    assertThat(end.status()).as(end.printed()).isZero();
  }

  boolean isKilled() {
    return end.status() == NativeDeath.STATUS;
  }

  /** Returns the call that it was killed at, or all calls that it made. */
  String calls() {
    return end.printed().strip();
  }

  /**
   * Fails unless another process finds what is whole, and finishes the request. Who was killed
   * watches its images for half a minute: what must not be done to an open disk waits for that.
   */
  RbdKill assertIsSurvived() throws IOException {
    try (TestPool after = TestPool.open(home)) {
      assertIsWhole(after);
      finish(after);
    } catch (AssertionError | IOException | RuntimeException e) {
      throw failure(e);
    }
    return this;
  }

  private void assertIsWhole(TestPool pool) throws IOException {
    scenarios.assertNothingElseChanged(pool, stays);
    scenario.held().with(pool);
  }

  private void finish(TestPool pool) throws IOException {
    try {
      scenario.request().with(pool);
      scenario.done().with(pool);
      inUse = false;
    } catch (DiskException e) {
      if (e.reason() != Reason.IN_USE || !isKilled()) {
        throw e;
      }
      inUse = true;
      assertIsWhole(pool);
    }
  }

  /** Fails unless nothing is left behind, when leases and watches have lapsed. */
  RbdKill assertLeavesNothing() throws IOException {
    try {
      try (TestPool pool = TestPool.open(home)) {
        long end = System.nanoTime() + pool.onCeph().patience().toNanos();
        while (inUse && System.nanoTime() - end < 0) {
          finish(pool);
        }
        assertThat(inUse).as("a disk is still in use").isFalse();
      }
      try (TestPool pool = TestPool.open(home)) { // which has made nothing, and has no session
        pool.assertRecoversToNothing();
        scenarios.assertNothingElseChanged(pool, stays);
      }
    } catch (AssertionError | IOException | RuntimeException e) {
      throw failure(e);
    }
    return this;
  }

  /** Returns those of the objects of the cluster that belong to nothing in this namespace. */
  List<String> strayObjects(List<PoolOnCeph.StoredObject> objects) throws IOException {
    String namespace = PoolOnCeph.namespace(home);
    try (PoolOnCeph pool = PoolOnCeph.open(home)) {
      return pool
          .strays(
              objects.stream()
                  .filter(object -> object.namespace().equals(namespace))
                  .map(PoolOnCeph.StoredObject::name)
                  .toList())
          .stream()
          .map(stray -> "%s: %s".formatted(this, stray))
          .toList();
    }
  }

  private AssertionError failure(Throwable e) {
    return new AssertionError("%s: %s".formatted(this, e), e);
  }

  @Override
  public String toString() {
    return isKilled()
        ? "%s, killed before call %d, %s, in %s".formatted(scenario.name(), n, calls(), home)
        : "%s, not killed, in %s".formatted(scenario.name(), home);
  }
}
