package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Many at once, without the locks that core would take: correctness never rests on a lock. */
public abstract class ConcurrencyContract extends Contract {
  private static final int SIZE = 64 * KIB;

  @Test
  @DisplayName("P2: of many who make a disk of one name at once, one does; the others learn of it")
  void oneNameByManyAtOnce() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    int threads = fixture.many(8);
    try (ImageBackend second = fixture.open()) {
      for (int round = 0; round < fixture.rounds(10); round++) {
        List<Outcome<Created>> outcomes =
            Together.times(
                threads,
                i ->
                    () ->
                        (i % 2 == 0 ? pool : second)
                            .createImage(diskRequest("web-1", SIZE), base, call()));
        List<DiskRecord> made =
            outcomes.stream()
                .flatMap(outcome -> outcome.value().stream())
                .map(Created::disk)
                .toList();
        assertEquals(1, made.size(), outcomes::toString);
        assertEquals(
            threads - 1,
            outcomes.stream().filter(o -> o.failedWith(Reason.ALREADY_EXISTS)).count(),
            outcomes::toString);
        assertEquals(made.get(0).toString(), found("web-1").toString());
        assertReads("web-1", sample.paddedTo(SIZE));
        assertEquals(List.of(), fixture.strays());
        pool.delete(name("web-1"), call());
      }
    }
  }

  @Test
  @DisplayName("P2: many disks of many names are made at once")
  void manyNamesAtOnce() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    int many = fixture.many(24);
    for (Outcome<Created> outcome :
        Together.times(many, i -> () -> create("web-" + (char) ('a' + i), base, SIZE))) {
      outcome.orThrow();
    }
    List<String> names = listed();
    assertEquals(many, names.size());
    for (String name : names) {
      assertReads(name, sample.paddedTo(SIZE));
    }
  }

  @Test
  @DisplayName("P1: whoever finds a disk finds it whole, the moment that it is there")
  void whoeverFindsADiskFindsItWhole() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    try (ImageBackend second = fixture.open()) {
      for (int round = 0; round < fixture.rounds(10); round++) {
        DiskName name = name("web-" + round);
        Callable<byte[]> reader =
            () -> {
              Optional<DiskRecord> disk = Optional.empty();
              while (disk.isEmpty()) {
                disk = second.find(name, call());
              }
              assertEquals(2 * SIZE, disk.get().size());
              try (GuestDisk guest = fixture.attach(second.attachment(disk.get(), call()))) {
                return read(guest, 0, 2 * SIZE);
              }
            };
        Callable<byte[]> creator =
            () -> {
              create(name.value(), base, 2 * SIZE);
              return sample.paddedTo(2 * SIZE);
            };
        List<Outcome<byte[]>> outcomes = Together.atOnce(List.of(creator, reader));
        assertBytes(outcomes.get(0).orThrow(), outcomes.get(1).orThrow(), name.value());
      }
    }
  }

  @Test
  @DisplayName("P1: find and list see whole disks only, while disks come and go")
  void wholeDisksOnlyWhileDisksComeAndGo() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    createBlank("stays", SIZE);
    AtomicInteger working = new AtomicInteger(3);
    try (ImageBackend second = fixture.open()) {
      List<Callable<Integer>> calls = new ArrayList<>();
      for (int worker = 0; worker < 3; worker++) {
        String name = "goes-" + worker;
        calls.add(() -> comeAndGo(name, base, working));
      }
      calls.add(() -> watch(pool, base, working));
      calls.add(() -> watch(second, base, working));
      for (Outcome<Integer> outcome : Together.atOnce(calls)) {
        assertTrue(outcome.orThrow() > 0);
      }
    }
    assertEquals(List.of("stays"), listed());
  }

  private int comeAndGo(String name, BaseRecord base, AtomicInteger working) throws DiskException {
    try {
      for (int round = 0; round < fixture.rounds(40); round++) {
        create(name, base, SIZE);
        assertTrue(pool.delete(name(name), call()));
      }
      return 1;
    } finally {
      working.decrementAndGet();
    }
  }

  private int watch(ImageBackend watcher, BaseRecord base, AtomicInteger working)
      throws DiskException {
    int looks = 0;
    while (working.get() > 0 || looks == 0) {
      List<DiskRecord> disks = watcher.list(call());
      assertTrue(names(disks).contains("stays"), "what is there all the time is always listed");
      assertEquals(disks.size(), names(disks).stream().distinct().count(), "each once");
      for (DiskRecord disk : disks) {
        assertEquals(SIZE, disk.size(), disk::toString);
      }
      for (int worker = 0; worker < 3; worker++) {
        watcher
            .find(name("goes-" + worker), call())
            .ifPresent(disk -> assertEquals(SIZE, disk.size()));
      }
      List<DiskName> users = watcher.users(base.key(), call());
      assertTrue(users.size() <= 3 && !users.contains(name("stays")), users::toString);
      looks++;
    }
    return looks;
  }

  @Test
  @DisplayName("P1: findBase and bases see whole bases only, while bases come and go")
  void wholeBasesOnlyWhileBasesComeAndGo() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord stays = cache(sample);
    var key = newKey();
    AtomicInteger working = new AtomicInteger(1);
    Callable<Integer> worker =
        () -> {
          try {
            for (int round = 0; round < fixture.rounds(40); round++) {
              pool.cache(baseRequest(key, SIZE), new SampleFill(sample), call());
              pool.evict(key, call());
            }
            return 1;
          } finally {
            working.decrementAndGet();
          }
        };
    Callable<Integer> watcher =
        () -> {
          int looks = 0;
          while (working.get() > 0 || looks == 0) {
            pool.findBase(key, call()).ifPresent(base -> assertEquals(SIZE, base.length()));
            assertTrue(
                pool.bases(call()).stream().anyMatch(base -> base.key().equals(stays.key())),
                "stays");
            assertEquals(List.of(), pool.users(key, call()));
            looks++;
          }
          return looks;
        };
    for (Outcome<Integer> outcome : Together.atOnce(List.of(worker, watcher))) {
      assertTrue(outcome.orThrow() > 0);
    }
  }
}
