package io.diskwright.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.backend.Snapshots;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockMode;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** P7: with an OSD that stands still every call ends at its own deadline, not the cluster's. */
@ExtendWith(SharedCeph.class)
class RbdDeadlinesIT {
  private static final int MIB = 1 << 20;

  /** What the pool lets the cluster take for an answer: none of the calls may wait so long. */
  private static final int TIMEOUT_SECONDS = 120;

  private static final DiskName WEB = new DiskName("web-1");
  private static final DiskName NEW = new DiskName("new-1");

  @TempDir Path folder = Path.of("");

  private static Call soon() {
    return Call.within(Duration.ofMillis(300));
  }

  private static DiskRequest request(DiskName name) {
    return DiskRequest.builder(name, 2 * MIB).build();
  }

  private Map<String, ThrowingCallable> calls(ImageBackend pool, BaseRecord base, Content content)
      throws DiskException {
    Map<String, ThrowingCallable> calls = new LinkedHashMap<>();
    calls.put("find", () -> pool.find(WEB, soon()));
    calls.put("list", () -> pool.list(soon()));
    calls.put("findBase", () -> pool.findBase(base.key(), soon()));
    calls.put("bases", () -> pool.bases(soon()));
    calls.put("users", () -> pool.users(base.key(), soon()));
    calls.put("baseUsage", () -> pool.baseUsage(soon()));
    calls.put("openBase", () -> pool.openBase(base, soon()));
    calls.put("read", () -> content.read(0, ByteBuffer.allocate(MIB)));
    calls.put("cache", () -> fill(pool));
    calls.put("createImage", () -> pool.createImage(request(NEW), base, soon()));
    calls.put("createBlank", () -> pool.createBlank(request(NEW), soon()));
    calls.put("resize", () -> pool.resize(WEB, 3 * MIB, soon()));
    calls.put("delete", () -> pool.delete(WEB, soon()));
    calls.put("evict", () -> pool.evict(base.key(), soon()));
    calls.put("pin", () -> pool.pin(base.key(), true, soon()));
    calls.put("reverified", () -> pool.reverified(base, () -> "test", soon()));
    calls.put("recover", () -> pool.recover(soon()));
    LockKey key = new LockKey(LockKey.Scope.DISK, "web-1");
    calls.put("acquire", () -> pool.locks().acquire(key, LockMode.EXCLUSIVE, soon()));
    calls.put("tryAcquire", () -> pool.locks().tryAcquire(key, LockMode.SHARED, soon()));
    Snapshots snapshots = pool.facet(Snapshots.class).orElseThrow();
    SnapshotName name = new SnapshotName("before");
    calls.put("snapshots", () -> snapshots.list(WEB, soon()));
    calls.put("create snapshot", () -> snapshots.create(WEB, name, soon()));
    Flattening flattening = pool.facet(Flattening.class).orElseThrow();
    calls.put("flatten", () -> flattening.flatten(WEB, soon()));
    Extraction extraction = pool.facet(Extraction.class).orElseThrow();
    Path target = folder.resolve("web-1.raw");
    calls.put("extract", () -> extraction.extract(WEB, DiskFormat.RAW, target, soon()));
    return calls;
  }

  private static void fill(ImageBackend pool) throws DiskException {
    Image image = Image.builder("test", "image").format(DiskFormat.RAW).build();
    BaseRequest request =
        BaseRequest.of(new BaseKey("%064x".formatted(7)), image, DiskFormat.RAW, MIB, MIB);
    pool.cache(
        request,
        sink -> {
          throw new AssertionError("nothing can be filled");
        },
        soon());
  }

  @Test
  void everyCallEndsAtItsDeadline(Ceph ceph) throws Exception {
    RbdStorage storage =
        RbdStorage.in(ceph)
            .with("timeout", TIMEOUT_SECONDS + "s")
            .with("lease", 2 * TIMEOUT_SECONDS + "s");
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ImageBackend pool = storage.open()) {
      BaseRecord base = Bases.fill(pool, new byte[MIB], 6);
      pool.createImage(request(WEB), base, Bases.call());
      try (Content content = pool.openBase(base, soon())) {
        Map<String, ThrowingCallable> calls = calls(pool, base, content);
        Map<String, Future<Throwable>> ended = new LinkedHashMap<>();
        try (Ceph.Frozen frozen = ceph.freezeOsd()) {
          assertThat(frozen).isNotNull();
          calls.forEach(
              (call, tried) -> ended.put(call, threads.submit(() -> catchThrowable(tried))));
          for (Map.Entry<String, Future<Throwable>> call : ended.entrySet()) {
            Throwable thrown = call.getValue().get(TIMEOUT_SECONDS / 2, TimeUnit.SECONDS);
            assertThat(thrown)
                .as(call.getKey())
                .isInstanceOfSatisfying(
                    DiskException.class,
                    failure ->
                        assertThat(failure.reason())
                            .as("%s: %s", call.getKey(), failure)
                            .isIn(Reason.UNAVAILABLE, Reason.OUTCOME_UNKNOWN));
          }
        }
      }
      assertThat(pool.list(Bases.call()).size()).isLessThanOrEqualTo(2);
      assertThat(folder).isEmptyDirectory();
    } finally {
      threads.shutdown();
    }
    sweepsAll(storage);
  }

  /** What was begun ends by itself now that the cluster answers, or is swept. */
  private static void sweepsAll(RbdStorage storage) throws Exception {
    try (ImageBackend pool = storage.open()) {
      List<String> strays = storage.strays();
      long end = System.nanoTime() + Duration.ofMinutes(1).toNanos();
      while (!strays.isEmpty()) {
        assertThat(System.nanoTime() - end).as("what is left: %s", strays).isNegative();
        pool.recover(Bases.call());
        strays = storage.strays();
      }
    }
  }
}
