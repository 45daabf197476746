package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Bases: how they come, how they are shared, and how they go. */
public abstract class BaseCacheContract extends Contract {
  private static final int SIZE = MIB;

  @Test
  @DisplayName("P1: a base is found as it was returned, with what was verified")
  void aBaseIsFoundAsItWasReturned() throws IOException {
    BaseKey key = newKey();
    BaseRequest request = baseRequest(key, SIZE);
    assertEquals(Optional.empty(), pool.findBase(key, call()));
    BaseRecord base = pool.cache(request, new SampleFill(Sample.of(random, SIZE)), call());
    assertEquals(key, base.key());
    assertEquals(DiskFormat.RAW, base.format());
    assertEquals(SIZE, base.virtualSize());
    assertEquals(request.image().toString(), base.image());
    assertEquals(SampleFill.VERIFIED, base.verified());
    assertFalse(base.storageId().isBlank());
    assertEquals(base.toString(), pool.findBase(key, call()).orElseThrow().toString());
    try (ImageBackend second = fixture.open()) {
      assertEquals(base.toString(), second.findBase(key, call()).orElseThrow().toString());
      assertEquals(1, second.bases(call()).size());
    }
  }

  @Test
  @DisplayName("P1: a pool keeps raw bases, and says so once and for all")
  void aPoolKeepsRawBases() {
    assertTrue(pool.baseFormats().contains(DiskFormat.RAW), "raw is one of the formats");
    assertEquals(pool.baseFormats(), pool.baseFormats());
  }

  @Test
  @DisplayName("P2: a base that is there is not filled again")
  void aBaseThatIsThereIsNotFilledAgain() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    Fill never = sink -> fail("the fill must not be called");
    assertEquals(
        base.toString(), pool.cache(baseRequest(base.key(), SIZE), never, call()).toString());
    try (ImageBackend second = fixture.open()) {
      assertEquals(
          base.toString(), second.cache(baseRequest(base.key(), SIZE), never, call()).toString());
    }
  }

  @Test
  @DisplayName("P1: nobody finds a base before it is whole")
  void nobodyFindsABaseBeforeItIsWhole() throws IOException {
    BaseKey key = newKey();
    SampleFill fill = new SampleFill(Sample.of(random, SIZE));
    try (ImageBackend second = fixture.open()) {
      Fill looking =
          sink -> {
            for (double part : new double[] {0, 0.5, 1}) {
              fill.write(sink, part);
              for (ImageBackend looker : List.of(pool, second)) {
                assertEquals(Optional.empty(), looker.findBase(key, call()));
                assertEquals(List.of(), looker.bases(call()));
                assertEquals(List.of(), looker.users(key, call()));
                assertEquals(List.of(), looker.list(call()));
              }
            }
            return fill.proofAfterFlush(sink);
          };
      assertEquals(key, pool.cache(baseRequest(key, SIZE), looking, call()).key());
    }
  }

  @Test
  @DisplayName("P10: a fill that fails leaves no base, its failure comes as it was, the next works")
  void aFillThatFailsLeavesNoBase() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    SampleFill good = new SampleFill(sample);
    for (double part : new double[] {0, 0.5, 1}) {
      for (boolean flushed : new boolean[] {false, true}) {
        BaseKey key = newKey();
        DiskException cause = unacceptable();
        Fill failing =
            sink -> {
              good.write(sink, part);
              if (flushed) {
                sink.flush();
              }
              throw cause;
            };
        DiskException thrown =
            failure(
                Reason.IMAGE_UNACCEPTABLE,
                () -> pool.cache(baseRequest(key, SIZE), failing, call()));
        assertEquals(cause.detail(), thrown.detail());
        assertEquals(cause.remedy(), thrown.remedy());
        assertEquals(cause.nativeCode(), thrown.nativeCode());
        assertNothingThere(key);
        pool.cache(baseRequest(key, SIZE), good, call());
        create("web-1", pool.findBase(key, call()).orElseThrow(), SIZE);
        assertReads("web-1", sample.paddedTo(SIZE));
        pool.delete(name("web-1"), call());
        pool.evict(key, call());
      }
    }
  }

  private static DiskException unacceptable() {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, "fill base")
        .said("the image is not what it seems")
        .nativeCode(42)
        .remedy("bring a better one")
        .build();
  }

  private void assertNothingThere(BaseKey key) throws IOException {
    assertEquals(Optional.empty(), pool.findBase(key, call()));
    assertEquals(List.of(), pool.bases(call()));
    assertEquals(List.of(), pool.users(key, call()));
    assertEquals(List.of(), fixture.strays());
  }

  @Test
  @DisplayName("P10: a fill that breaks leaves no base, and what it broke with comes as it was")
  void aFillThatBreaksLeavesNoBase() throws IOException {
    BaseKey key = newKey();
    for (Throwable cause : List.of(new IllegalStateException("broken"), new AssertionError("x"))) {
      Fill breaking =
          sink -> {
            new SampleFill(Sample.dense(random, SIZE)).write(sink, 1);
            if (cause instanceof Error error) {
              throw error;
            }
            throw (RuntimeException) cause;
          };
      Throwable thrown =
          assertThrows(
              cause.getClass(), () -> pool.cache(baseRequest(key, SIZE), breaking, call()));
      assertSame(cause, thrown);
      assertNothingThere(key);
    }
    assertEquals(
        key, pool.cache(baseRequest(key, SIZE), new SampleFill(Sample.zeros(SIZE)), call()).key());
  }

  @Test
  @DisplayName("P3: of many fills of a base by one instance at once, one is published, all get it")
  void oneFillIsPublishedByOneInstance() throws IOException {
    assertOneIsPublished(List.of(pool));
  }

  @Test
  @DisplayName("P3: of many fills of a base by two instances at once, one is published, all get it")
  void oneFillIsPublishedByTwoInstances() throws IOException {
    try (ImageBackend second = fixture.open()) {
      assertOneIsPublished(List.of(pool, second));
    }
  }

  private void assertOneIsPublished(List<ImageBackend> instances) throws IOException {
    Sample sample = Sample.of(random, SIZE);
    for (int round = 0; round < fixture.rounds(5); round++) {
      BaseKey key = newKey();
      Set<String> records = new HashSet<>();
      for (Outcome<BaseRecord> outcome :
          Together.times(
              fixture.many(8), i -> fillOf(instances.get(i % instances.size()), key, sample))) {
        records.add(outcome.orThrow().toString());
      }
      BaseRecord base = pool.findBase(key, call()).orElseThrow();
      assertEquals(Set.of(base.toString()), records);
      assertEquals(
          List.of(base.toString()), pool.bases(call()).stream().map(Object::toString).toList());
      assertEquals(List.of(), fixture.strays(), "who came second has thrown its own away");
      create("web-1", base, SIZE);
      assertReads("web-1", sample.paddedTo(SIZE));
      pool.delete(name("web-1"), call());
      pool.evict(key, call());
    }
  }

  private Callable<BaseRecord> fillOf(ImageBackend instance, BaseKey key, Sample sample) {
    return () -> instance.cache(baseRequest(key, SIZE), new SampleFill(sample), call());
  }

  @Test
  @DisplayName("P3: a fill that is overtaken by another gives what the other published")
  void aFillThatIsOvertaken() throws IOException {
    BaseKey key = newKey();
    Sample fast = Sample.of(random, SIZE);
    List<BaseRecord> published = new ArrayList<>();
    try (ImageBackend second = fixture.open()) {
      BaseRecord slow =
          pool.cache(
              baseRequest(key, SIZE),
              sink -> {
                published.add(second.cache(baseRequest(key, SIZE), new SampleFill(fast), call()));
                return new SampleFill(Sample.dense(random, SIZE)).into(sink);
              },
              call());
      assertEquals(published.get(0).toString(), slow.toString());
    }
    create("web-1", pool.findBase(key, call()).orElseThrow(), SIZE);
    assertReads("web-1", fast.paddedTo(SIZE));
  }

  @Test
  @DisplayName("P4: a base that nobody uses goes, and is not there a second time")
  void aBaseThatNobodyUsesGoes() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    final BaseRecord stays = cache(Sample.of(random, SIZE));
    assertEquals(Eviction.REMOVED, pool.evict(base.key(), call()));
    assertEquals(Optional.empty(), pool.findBase(base.key(), call()));
    assertEquals(Eviction.ABSENT, pool.evict(base.key(), call()));
    assertEquals(Eviction.ABSENT, pool.evict(newKey(), call()));
    assertEquals(List.of(stays.key()), pool.bases(call()).stream().map(BaseRecord::key).toList());
  }

  @Test
  @DisplayName("P4: a base does not go under the disks that live on it")
  void aBaseDoesNotGoUnderItsDisks() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    create("web-1", base, SIZE);
    create("web-2", base, 2 * SIZE);
    List<DiskName> users = pool.users(base.key(), call());
    assertTrue(
        users.isEmpty() || Set.copyOf(users).equals(Set.of(name("web-1"), name("web-2"))),
        "the disks that depend on it, if disks here do: " + users);
    try {
      Eviction eviction = pool.evict(base.key(), call());
      assertEquals(users.isEmpty() ? Eviction.REMOVED : Eviction.RETIRED, eviction);
      assertEquals(Optional.empty(), pool.findBase(base.key(), call()));
    } catch (DiskException e) {
      assertTells(e);
      assertEquals(Reason.HAS_DEPENDENTS, e.reason(), e.getMessage());
      assertTrue(e.getMessage().contains("web-1"), e.getMessage());
      assertTrue(e.getMessage().contains("web-2"), e.getMessage());
      assertEquals(base.toString(), pool.findBase(base.key(), call()).orElseThrow().toString());
    }
    assertReads("web-1", sample.paddedTo(SIZE));
    assertReads("web-2", sample.paddedTo(2 * SIZE));
    pool.delete(name("web-1"), call());
    pool.delete(name("web-2"), call());
    assertEquals(List.of(), pool.users(base.key(), call()));
    pool.evict(base.key(), call());
    assertEquals(List.of(), pool.bases(call()));
  }

  @Test
  @DisplayName("P4: evicting a base while a disk is made of it leaves a whole disk or none")
  void evictingWhileADiskIsMade() throws IOException {
    Sample sample = Sample.of(random, 64 * KIB);
    for (int round = 0; round < fixture.rounds(30); round++) {
      BaseRecord base = cache(sample);
      List<Outcome<Object>> outcomes =
          Together.atOnce(
              List.of(() -> create("web-1", base, 64 * KIB), () -> pool.evict(base.key(), call())));
      Outcome<Object> created = outcomes.get(0);
      assertTrue(
          created.value().filter(Created.class::isInstance).isPresent()
              || created.failedWith(Reason.NOT_FOUND),
          () -> "creating came to " + created);
      assertTrue(
          outcomes.get(1).value().isPresent() || outcomes.get(1).failedWith(Reason.HAS_DEPENDENTS),
          () -> "evicting came to " + outcomes.get(1));
      if (created.value().isPresent()) {
        assertReads("web-1", sample.paddedTo(64 * KIB));
      }
      pool.delete(name("web-1"), call());
      pool.evict(base.key(), call());
    }
  }

  @Test
  @DisplayName("P1: bases are listed, oldest first")
  void basesAreListedOldestFirst() throws IOException {
    List<BaseKey> keys = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      keys.add(cache(Sample.of(random, 1000)).key());
    }
    List<BaseRecord> bases = pool.bases(call());
    assertEquals(Set.copyOf(keys), Set.copyOf(bases.stream().map(BaseRecord::key).toList()));
    assertEquals(
        bases.stream().map(BaseRecord::created).sorted().toList(),
        bases.stream().map(BaseRecord::created).toList());
  }

  @Test
  @DisplayName("P1: bases and disks do not get in each other's way")
  void basesAndDisksAreApart() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    assertEquals(List.of(), listed());
    String longest = base.key().value().substring(0, 63);
    createBlank(longest, SIZE);
    assertEquals(List.of(longest), listed());
    assertEquals(1, pool.bases(call()).size());
    assertEquals(List.of(), pool.users(base.key(), call()));
    assertEquals(Map.of(), found(longest).asked());
  }
}
