package io.diskwright.it.flow;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.it.support.Host;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.error.HasDependentsException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/** Many calls at once do the work once, and none sees a half of it. */
@ParameterizedClass
@ValueSource(strings = {"raw", "qcow2"})
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ConcurrencyTest extends FlowTestBase {
  private static final int THREADS = 16;

  /** Runs calls in as many threads, which all start at once. */
  private static <T> List<T> together(IntFunction<Callable<T>> calls) throws Exception {
    CyclicBarrier start = new CyclicBarrier(THREADS);
    List<Callable<T>> tasks = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      Callable<T> call = calls.apply(i);
      tasks.add(
          () -> {
            start.await(60, TimeUnit.SECONDS);
            return call.call();
          });
    }
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> each : threads.invokeAll(tasks)) {
        results.add(each.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void ofOneNameThereIsOneDisk() throws Exception {
    Path image = image("a.raw");

    List<ProvisionResult> results = together(i -> () -> host().create("disk", image, 20 * MIB));

    assertThat(results).filteredOn(ProvisionResult::created).hasSize(1);
    assertThat(results)
        .extracting(result -> result.disk().path())
        .containsOnly(results.get(0).disk().path());
    assertThat(host().pool().disks(call())).hasSize(1);
    assertThat(host().pool().bases(call())).hasSize(1);
    assertReadsAs(results.get(0).disk(), image);
  }

  @Test
  void anImageIsFetchedOnceForManyDisks() throws Exception {
    Path image = image("a.raw");

    List<ProvisionResult> results = together(i -> () -> host().create("disk" + i, image));

    assertThat(results).allMatch(ProvisionResult::created);
    assertThat(results).filteredOn(result -> result.steps().size() == 2).hasSize(1);
    assertThat(host().pool().bases(call())).hasSize(1);
    assertThat(host().pool().disks(call())).hasSize(THREADS);
    for (ProvisionResult result : results) {
      assertReadsAs(result.disk(), image);
    }
  }

  @Test
  void twoLibrariesInOneProcessShareThePool() throws Exception {
    Path image = image("a.raw");
    try (Host other = Host.open(poolFolder(), backend)) {
      List<ProvisionResult> results =
          together(i -> () -> (i % 2 == 0 ? host() : other).create("disk" + i / 2, image, 9 * MIB));

      assertThat(results).filteredOn(ProvisionResult::created).hasSize(THREADS / 2);
      assertThat(host().pool().bases(call())).hasSize(1);
    }
  }

  @Test
  void aPoolIsMadeOnceHoweverManyOpenItFirst() throws Exception {
    Path fresh = folder.resolve("fresh");

    List<Object> identities =
        together(
            i ->
                () -> {
                  try (Host host = Host.open(fresh, backend)) {
                    return host.pool().identity();
                  }
                });

    assertThat(identities).containsOnly(identities.get(0));
  }

  @Test
  void creatingDeletingAndEvictingGetAlong() throws Exception {
    Path image = image("a.raw");

    together(
        i ->
            () -> {
              for (int turn = 0; turn < 10; turn++) {
                if (i % 4 == 0) {
                  evictAll();
                } else {
                  DiskName name = new DiskName("disk" + i % 3);
                  host().create(name.value(), image);
                  host().pool().disks(call());
                  host().pool().delete(name, call());
                }
              }
              return i;
            });

    assertThat(host().pool().disks(call())).isEmpty();
  }

  private void evictAll() throws IOException {
    for (BaseRecord base : host().pool().bases(call())) {
      try {
        assertThat(host().pool().evict(base.key(), call())).isNotEqualTo(Eviction.RETIRED);
      } catch (HasDependentsException e) {
        assertThat(e).hasMessageContaining("disk");
      }
    }
  }
}
