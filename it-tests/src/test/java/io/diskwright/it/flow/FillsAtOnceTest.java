package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.diskwright.core.event.PoolEvent;
import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.lock.HostLocks;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Host;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** As many bases as the pool says are filled at once; who needs no fill waits for none. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
class FillsAtOnceTest extends EventsTestBase {
  private static final String WAITING = "waiting for one of 2 fills";

  private final List<Lease> held = new ArrayList<>();
  private LockManager others;

  @Override
  String[] keys() {
    return new String[] {"fills-at-once: 2"};
  }

  @BeforeEach
  void openLocks() throws IOException {
    assertThat(host().pool().bases(call())).isEmpty();
    others = HostLocks.of(poolFolder().resolve("locks"));
  }

  @AfterEach
  void closeLocks() throws DiskException {
    held.forEach(Lease::close);
    others.close();
  }

  /** Takes locks in a thread that holds no others, as those who fill do. */
  private void hold(String... names) throws IOException {
    for (String name : names) {
      held.add(CompletableFuture.supplyAsync(() -> lock(name)).join());
    }
  }

  private Lease lock(String name) {
    try {
      return others.acquire(new LockKey(LockKey.Scope.FILL, name), LockMode.EXCLUSIVE, Host.call());
    } catch (DiskException e) {
      throw new AssertionError(e);
    }
  }

  private ProvisionResult create(String name, Path image, Call call) throws DiskException {
    return host().diskwright().provision(diskFrom(name, image).build(), call);
  }

  @Test
  void oneMoreFillIsMadeWhileAnotherIsUnderWay() throws IOException {
    Path image = image("a.raw");
    hold("0");

    assertReadsAs(create("one", image, call()).disk(), image);
    assertThat(heard).extracting(PoolEvent::kind).doesNotContain(Kind.WAIT);
  }

  @Test
  void whoWaitsForAFillSaysSoAndEndsByItsDeadline() throws IOException {
    Path image = image("a.raw");
    List<String> said = Collections.synchronizedList(new ArrayList<>());
    Call call =
        Call.of(
            Deadline.after(Duration.ofMillis(500)),
            new Cancellation(),
            (step, done, total) -> said.add(step));
    hold("0", "1");

    DiskException failure = failure(() -> create("one", image, call));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure)
        .hasMessageContaining("fills 2 at once")
        .hasMessageContaining("raise the pool's fills-at-once");
    assertThat(heard)
        .filteredOn(event -> event.kind() == Kind.WAIT)
        .extracting(PoolEvent::way, PoolEvent::failure)
        .containsExactly(tuple("fill", Optional.of(Reason.UNAVAILABLE)));
    assertThat(said).contains(WAITING).allMatch(step -> !step.startsWith("waiting for fill"));
    assertThat(host().pool().bases(call())).isEmpty();
  }

  @Test
  void whoWaitsInTheQueueBehindAnotherSaysSoAndMayCancel() throws IOException {
    Path image = image("a.raw");
    hold("queue");
    Cancellation cancellation = new Cancellation();
    Progress cancel =
        (step, done, total) -> {
          if (step.equals(WAITING)) {
            cancellation.cancel();
          }
        };

    DiskException failure =
        failure(() -> create("one", image, Call.of(call().deadline(), cancellation, cancel)));

    assertThat(failure.reason()).isEqualTo(Reason.CANCELLED);
    assertThat(host().pool().disks(call())).isEmpty();
  }

  @Test
  void whoWaitsGoesOnWhenAFillEnds() throws Exception {
    Path image = image("a.raw");
    hold("0", "1");
    CountDownLatch waits = new CountDownLatch(1);
    Progress onWaiting =
        (step, done, total) -> {
          if (step.equals(WAITING)) {
            waits.countDown();
          }
        };
    Call call = Call.of(call().deadline(), new Cancellation(), onWaiting);
    CompletableFuture<ProvisionResult> made =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return create("one", image, call);
              } catch (DiskException e) {
                throw new AssertionError(e);
              }
            });
    assertThat(waits.await(1, TimeUnit.MINUTES)).isTrue();

    held.get(1).close();

    assertReadsAs(made.get(1, TimeUnit.MINUTES).disk(), image);
    assertThat(heard)
        .extracting(PoolEvent::kind)
        .containsExactly(Kind.MISS, Kind.FILL_STARTED, Kind.WAIT, Kind.FILL, Kind.CREATE);
    assertThat(heard.get(2).way()).isEqualTo("fill");
    assertThat(heard.get(2).resource()).isEqualTo(heard.get(3).resource());
    assertThat(heard.get(2).duration()).isPositive();
  }

  @Test
  void whatIsCachedAndWhatHasNoImageWaitsForNoFill() throws IOException {
    Path image = image("a.raw");
    create("first", image, call());
    hold("queue", "0", "1");

    assertReadsAs(create("second", image, call()).disk(), image);
    assertThat(host().blank("blank", MIB).created()).isTrue();
  }
}
