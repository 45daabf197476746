package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static io.diskwright.it.support.Host.diskFrom;
import static io.diskwright.it.support.Host.failure;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.event.PoolEvent;
import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.event.PoolListener;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Host;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** What happens on a pool is told to the listener that it was opened with, in its order. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EventsTest extends EventsTestBase {
  /** Returns what was heard since it was last asked, which must be of these kinds. */
  private List<PoolEvent> heard(Kind... kinds) {
    List<PoolEvent> events = List.copyOf(heard);
    heard.clear();
    assertThat(events).extracting(PoolEvent::kind).containsExactly(kinds);
    assertThat(events).allMatch(event -> event.pool().equals(new PoolName("pool")));
    assertThat(events)
        .allSatisfy(
            event ->
                assertThat(event.duration().isZero()).isEqualTo(isInstantaneous(event.kind())));
    return events;
  }

  private static boolean isInstantaneous(Kind kind) {
    return kind == Kind.HIT || kind == Kind.MISS || kind == Kind.FILL_STARTED;
  }

  private static void assertFailed(PoolEvent event, String resource, DiskException failure) {
    assertThat(event.resource()).isEqualTo(resource);
    assertThat(event.failure()).hasValue(failure.reason());
    assertThat(event.detail()).isEqualTo(failure.getMessage());
    assertThat(event.bytes()).isZero();
    assertThat(event.way()).isEmpty();
  }

  @Test
  void aColdCreateIsAMissAFillAndACreate() throws IOException {
    Path image = image("a.raw");

    ProvisionResult result = host().create("disk", image);

    List<PoolEvent> events = heard(Kind.MISS, Kind.FILL_STARTED, Kind.FILL, Kind.CREATE);
    String key = host().pool().bases(call()).get(0).key().value();
    assertThat(events).extracting(PoolEvent::resource).containsExactly(key, key, key, "disk");
    assertThat(events).allMatch(event -> event.failure().isEmpty());
    assertThat(events.get(0).bytes()).isZero();
    assertThat(events.get(1).detail()).contains(image.toString());
    PoolEvent fill = events.get(2);
    assertThat(fill.way()).isEqualTo(result.steps().get(0).name());
    assertThat(fill.bytes()).isEqualTo(result.steps().get(0).bytesMoved());
    assertThat(fill.detail()).contains(image.toString());
    PoolEvent create = events.get(3);
    assertThat(create.way()).isEqualTo(result.steps().get(1).name());
    assertThat(create.bytes()).isEqualTo(result.steps().get(1).bytesMoved());
    assertThat(create.detail()).isEqualTo("base:" + key);
    assertThat(create.duration()).isGreaterThan(fill.duration());
  }

  private static String sha256(Path image) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(image));
    return HexFormat.of().formatHex(hash);
  }

  @Test
  void aCopyTellsItsBytes() throws Exception {
    Path image = image("a.raw");
    Digest digest = new Digest("sha256", sha256(image));

    host().provision(diskFrom("disk", image).digest(digest)); // is never a reflink

    PoolEvent fill = heard(Kind.MISS, Kind.FILL_STARTED, Kind.FILL, Kind.CREATE).get(2);
    assertThat(fill.way()).isEqualTo("copy");
    assertThat(fill.bytes()).isPositive().isLessThanOrEqualTo(8 * MIB);
  }

  @Test
  void aWarmCreateIsAHitAndACreate() throws IOException {
    Path image = image("a.raw");
    BaseRecord base = pull(image);
    heard.clear();

    host().create("disk", image);

    List<PoolEvent> events = heard(Kind.HIT, Kind.CREATE);
    assertThat(events.get(0).resource()).isEqualTo(base.key().value());
    assertThat(events.get(0).bytes()).isEqualTo(base.length());
    assertThat(events.get(1).resource()).isEqualTo("disk");
  }

  @Test
  void aDiskThatIsThereMakesNoEvent() throws IOException {
    Path image = image("a.raw");
    host().create("disk", image);
    heard.clear();

    assertThat(host().create("disk", image).created()).isFalse();

    heard();
  }

  @Test
  void aBlankDiskIsACreate() throws IOException {
    host().blank("swap", MIB);

    PoolEvent create = heard(Kind.CREATE).get(0);
    assertThat(create.resource()).isEqualTo("swap");
    assertThat(create.way()).isEqualTo("blank");
    assertThat(create.detail()).isEqualTo("blank");
    assertThat(create.bytes()).isZero();
  }

  @Test
  void whatIsPulledAheadIsAFillAndThenAHit() throws IOException {
    Path image = image("a.raw");

    pull(image);
    heard(Kind.MISS, Kind.FILL_STARTED, Kind.FILL);
    pull(image);
    heard(Kind.HIT);
  }

  @Test
  void aFillThatFailsIsToldAndSoIsTheCreate() throws IOException {
    Path bad = Files.writeString(folder.resolve("bad"), "just some text ".repeat(1000));

    DiskException failure = failure(() -> host().create("disk", bad));

    List<PoolEvent> events = heard(Kind.MISS, Kind.FILL_STARTED, Kind.FILL, Kind.CREATE);
    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertFailed(events.get(2), events.get(0).resource(), failure);
    assertFailed(events.get(3), "disk", failure);
  }

  @Test
  void aFillThatFailsInTheMiddleIsTold() throws IOException {
    Path image = image("a.raw");
    Digest other = new Digest("sha256", "0".repeat(64));

    DiskException failure = failure(() -> host().provision(diskFrom("disk", image).digest(other)));

    List<PoolEvent> events = heard(Kind.MISS, Kind.FILL_STARTED, Kind.FILL, Kind.CREATE);
    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertFailed(events.get(2), events.get(0).resource(), failure);
  }

  @Test
  void aCreateWhoseImageIsMissingIsTold() throws IOException {
    DiskException failure = failure(() -> host().create("disk", folder.resolve("none")));

    assertThat(failure.reason()).isEqualTo(Reason.NOT_FOUND);
    assertFailed(heard(Kind.CREATE).get(0), "disk", failure);
  }

  @Test
  void anEvictionIsToldWithTheBasesLength() throws IOException {
    BaseRecord base = pull(image("a.raw"));
    heard.clear();

    assertThat(host().pool().evict(base.key(), call())).isEqualTo(Eviction.REMOVED);

    PoolEvent evict = heard(Kind.EVICT).get(0);
    assertThat(evict.resource()).isEqualTo(base.key().value());
    assertThat(evict.way()).isEqualTo("removed");
    assertThat(evict.bytes()).isEqualTo(8 * MIB);

    assertThat(host().pool().evict(base.key(), call())).isEqualTo(Eviction.ABSENT);
    heard();
  }

  @Test
  void anEvictionThatIsRefusedIsTold() throws IOException {
    host().create("disk", image("a.raw"));
    BaseRecord base = host().pool().bases(call()).get(0);
    heard.clear();
    if (backend.equals("raw")) { // whose disks need no base
      host().pool().evict(base.key(), call());
      assertThat(heard(Kind.EVICT).get(0).failure()).isEmpty();
      return;
    }

    DiskException failure = failure(() -> host().pool().evict(base.key(), call()));

    assertThat(failure.reason()).isEqualTo(Reason.HAS_DEPENDENTS);
    assertFailed(heard(Kind.EVICT).get(0), base.key().value(), failure);
  }

  @Test
  void aDamagedBaseIsEvictedAllTheSame() throws IOException {
    BaseRecord base = pull(image("a.raw"));
    Files.writeString(recordOf(base), "diskwright");
    heard.clear();

    host().pool().evict(base.key(), call());

    assertThat(heard(Kind.EVICT).get(0).bytes()).isZero();
    host().pool().recover(call());
  }

  @Test
  void aSweepTellsHowMuchItSweptAndRestored() throws IOException {
    BaseRecord base = pull(image("a.raw"));
    leaveAnAttempt();
    leaveAnEviction(base);
    heard.clear();

    host().pool().recover(call());

    PoolEvent sweep = heard(Kind.SWEEP).get(0);
    assertThat(sweep.resource()).isEqualTo("pool");
    assertThat(sweep.count()).isEqualTo(2);
    assertThat(sweep.detail()).isEqualTo("1 swept, 1 restored");

    host().pool().recover(call());
    assertThat(heard(Kind.SWEEP).get(0).count()).isZero();
  }

  @Test
  void aSweepThatFailsIsTold() throws IOException {
    host().blank("disk", MIB);
    Path disks = poolFolder().resolve("disks");
    Path away = Files.move(disks, poolFolder().resolve("away"));
    heard.clear();

    DiskException failure = failure(() -> host().pool().recover(call()));

    assertFailed(heard(Kind.SWEEP).get(0), "pool", failure);
    Files.move(away, disks);
  }

  @Test
  void aBaseThatAKilledEvictionLeftIsFoundByTheFill() throws IOException {
    Path image = image("a.raw");
    leaveAnEviction(pull(image));
    heard.clear();

    host().create("disk", image);

    PoolEvent fill = heard(Kind.MISS, Kind.FILL_STARTED, Kind.FILL, Kind.CREATE).get(2);
    assertThat(fill.way()).isEqualTo("found");
    assertThat(fill.bytes()).isZero();
    assertThat(fill.failure()).isEmpty();
  }

  @Test
  void whatIsDoneToADiskThatIsFreeMakesNoEvent() throws IOException {
    host().blank("disk", MIB);
    heard.clear();

    host().pool().find(new DiskName("disk"), call());
    host().pool().delete(new DiskName("disk"), call());

    heard();
  }

  @Test
  void aWaitForADiskIsTold() throws IOException {
    waitForDisk(host(), "disk");

    PoolEvent wait = heard(Kind.WAIT).get(0);
    assertThat(wait.resource()).isEqualTo("disk");
    assertThat(wait.way()).isEqualTo("disk");
    assertThat(wait.detail()).contains("held by");
    assertThat(wait.failure()).isEmpty();
  }

  @Test
  void whoWaitsForAFillHearsOfTheWaitAndThenOfAHit() throws Exception {
    Path image = image("a.raw");
    CountDownLatch filling = new CountDownLatch(1);
    CountDownLatch waiting = new CountDownLatch(1);
    List<PoolEvent> ofFiller = new CopyOnWriteArrayList<>();
    PoolListener untilItIsWaitedFor =
        event -> {
          ofFiller.add(event);
          if (event.kind() == Kind.FILL_STARTED) {
            filling.countDown();
            await(waiting);
          }
        };
    try (Host filler = Host.open(poolFolder(), backend, untilItIsWaitedFor)) {
      CompletableFuture<Void> first =
          CompletableFuture.runAsync(() -> unchecked(() -> filler.create("one", image)));
      await(filling);
      host()
          .diskwright()
          .provision(
              diskFrom("two", image).build(), callWith((step, done, total) -> waiting.countDown()));
      first.get(60, TimeUnit.SECONDS);
    }

    List<PoolEvent> events = heard(Kind.WAIT, Kind.HIT, Kind.CREATE);
    assertThat(events.get(0).way()).isEqualTo("base");
    assertThat(events.get(0).resource()).isEqualTo(events.get(1).resource());
    assertThat(events.get(2).resource()).isEqualTo("two");
    assertThat(ofFiller)
        .extracting(PoolEvent::kind)
        .filteredOn(kind -> kind != Kind.WAIT) // it may meet the other one when that is let in
        .containsExactly(Kind.MISS, Kind.FILL_STARTED, Kind.FILL, Kind.CREATE);
  }

  private static void await(CountDownLatch latch) {
    unchecked(() -> assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue());
  }

  /** Something that may throw anything. */
  @FunctionalInterface
  private interface Risky {
    void run() throws Exception;
  }

  private static void unchecked(Risky risky) {
    try {
      risky.run();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aListenerThatThrowsHarmsNothing() throws IOException {
    Path image = image("a.raw");
    List<Kind> thrownOn = new CopyOnWriteArrayList<>();
    PoolListener broken =
        event -> {
          thrownOn.add(event.kind());
          throw new AssertionError("thrown by a listener, on purpose");
        };
    try (Host other = Host.open(poolFolder(), backend, broken)) {
      assertReadsAs(other.create("disk", image).disk(), image);
      assertReadsAs(other.create("warm", image).disk(), image);
      assertThat(failure(() -> other.create("bad", folder.resolve("none"))).reason())
          .isEqualTo(Reason.NOT_FOUND);
      other.pool().delete(new DiskName("disk"), call());
      other.pool().delete(new DiskName("warm"), call());
      assertThat(other.pool().evict(other.pool().bases(call()).get(0).key(), call()))
          .isEqualTo(Eviction.REMOVED);
      assertThat(other.pool().recover(call()).swept()).isEmpty();
    }
    assertThat(thrownOn)
        .contains(Arrays.stream(Kind.values()).filter(k -> k != Kind.WAIT).toArray(Kind[]::new));
  }

  @Test
  void aListenerIsCalledInTheCallersThread() throws IOException {
    List<Thread> threads = new CopyOnWriteArrayList<>();
    try (Host other =
        Host.open(poolFolder(), backend, event -> threads.add(Thread.currentThread()))) {
      other.create("disk", image("a.raw"));
    }
    assertThat(threads).hasSize(4).containsOnly(Thread.currentThread());
  }
}
