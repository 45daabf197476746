package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseUsage;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Bases after they are filled: what they cost, who needs them, what they read as. */
public abstract class CacheKeepingContract extends Contract {
  private static final int SIZE = MIB;

  private BaseUsage usage(ImageBackend pool, BaseKey key) throws IOException {
    return pool.baseUsage(call()).stream()
        .filter(usage -> usage.base().key().equals(key))
        .findFirst()
        .orElseThrow();
  }

  @Test
  @DisplayName("P4: every base says what it costs, when it was last used, and which disks need it")
  void everyBaseSaysWhatItCosts() throws IOException {
    assertEquals(List.of(), pool.baseUsage(call()));
    BaseRecord used = cache(Sample.dense(random, SIZE));
    final BaseRecord other = cache(Sample.dense(random, SIZE));
    final BaseUsage before = usage(pool, used.key());
    create("web-1", used, SIZE);
    create("web-2", used, 2 * SIZE);
    createBlank("web-3", SIZE);
    assertEquals(
        pool.bases(call()).stream().map(BaseRecord::toString).toList(),
        pool.baseUsage(call()).stream().map(usage -> usage.base().toString()).toList());
    BaseUsage after = usage(pool, used.key());
    assertTrue(after.allocated() > 0, "allocated bytes: " + after.allocated());
    assertFalse(before.lastUsed().isBefore(used.created().minusSeconds(1)), "when it was made");
    assertFalse(after.lastUsed().isBefore(before.lastUsed()), "a disk was made of it since");
    assertFalse(after.pinned());
    assertEquals(words(pool.users(used.key(), call())), words(after.users()));
    assertEquals(List.of(), usage(pool, other.key()).users());
  }

  private static Set<String> words(List<DiskName> disks) {
    Set<String> names = new TreeSet<>();
    disks.forEach(disk -> names.add(disk.value()));
    return names;
  }

  @Test
  @DisplayName("a pin is there until it is taken away or its base is gone")
  void aPinIsThereUntilItIsTakenAway() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    pool.pin(base.key(), false, call());
    assertFalse(usage(pool, base.key()).pinned());
    pool.pin(base.key(), true, call());
    pool.pin(base.key(), true, call());
    try (ImageBackend second = fixture.open()) {
      assertTrue(usage(second, base.key()).pinned());
      assertEquals(base.toString(), second.findBase(base.key(), call()).orElseThrow().toString());
      second.pin(base.key(), false, call());
    }
    assertFalse(usage(pool, base.key()).pinned());
    pool.pin(base.key(), true, call());
    assertEquals(Eviction.REMOVED, pool.evict(base.key(), call()));
    failure(Reason.NOT_FOUND, () -> pool.pin(base.key(), true, call()));
    pool.cache(baseRequest(base.key(), SIZE), new SampleFill(Sample.zeros(SIZE)), call());
    assertFalse(usage(pool, base.key()).pinned());
  }

  @Test
  @DisplayName("what has been verified of a base can be put down anew, and all else stays")
  void whatIsVerifiedAnewIsInTheRecord() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    pool.pin(base.key(), true, call());
    BaseRecord now = pool.reverified(base, () -> "verified,again", call());
    assertEquals("verified,again", now.verified());
    try (ImageBackend second = fixture.open()) {
      BaseRecord found = second.findBase(base.key(), call()).orElseThrow();
      assertEquals(now.toString(), found.toString());
      assertEquals(base.storageId(), found.storageId());
      assertEquals(base.created(), found.created());
      assertTrue(usage(second, base.key()).pinned());
    }
    create("web-1", now, SIZE);
    assertReads("web-1", sample.paddedTo(SIZE));
    pool.delete(new DiskName("web-1"), call());
    assertEquals(Eviction.REMOVED, pool.evict(base.key(), call()));
    failure(Reason.NOT_FOUND, () -> pool.reverified(now, () -> "too late", call()));
    cache(Sample.of(random, SIZE));
  }

  @Test
  @DisplayName("P4: of many bases those go that no disk depends on, and the others stay")
  void ofManyBasesThoseGoThatNobodyNeeds() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord used = cache(sample);
    create("web-1", used, SIZE);
    List<BaseRecord> unused = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      unused.add(cache(Sample.of(random, SIZE)));
    }
    BaseRecord stays = cache(Sample.of(random, SIZE));
    BaseKey absent = newKey();
    Map<BaseKey, Eviction> became =
        pool.evictAll(
            Set.of(
                used.key(), unused.get(0).key(), unused.get(1).key(), unused.get(2).key(), absent),
            call());
    assertEquals(5, became.size());
    assertEquals(Eviction.ABSENT, became.get(absent));
    unused.forEach(base -> assertEquals(Eviction.REMOVED, became.get(base.key())));
    Eviction ofUsed = became.get(used.key());
    assertEquals(
        ofUsed == Eviction.IN_USE ? Set.of(used.key(), stays.key()) : Set.of(stays.key()),
        Set.copyOf(pool.bases(call()).stream().map(BaseRecord::key).toList()));
    assertReads("web-1", sample.paddedTo(SIZE));
    assertEquals(Map.of(), pool.evictAll(Set.of(), call()));
  }

  @Test
  @DisplayName("P5: a base reads as what was filled into it, and says where it is zero")
  void aBaseReadsAsWhatWasFilledIntoIt() throws IOException {
    for (int size : new int[] {1000, SIZE, 3 * SIZE + 512}) {
      Sample sample = Sample.of(random, size);
      BaseRecord base = cache(sample);
      try (Content content = pool.openBase(base, call())) {
        assertEquals(size, content.size());
        ByteBuffer whole = ByteBuffer.allocate(size);
        assertEquals(size, content.read(0, whole));
        assertBytes(sample.paddedTo(size), whole.array(), "the base");
        for (long at = 0; at < size; ) {
          Extent extent = content.extentAt(at);
          assertEquals(at, extent.offset());
          assertTrue(extent.end() <= size, extent + " ends within the base");
          if (extent.kind() == Extent.Kind.ZERO) {
            ByteBuffer zeros = ByteBuffer.allocate((int) extent.length());
            assertEquals(zeros.capacity(), content.read(at, zeros));
            assertZeros(zeros.array(), extent.toString());
          }
          at = extent.end();
        }
      }
    }
  }

  @Test
  @DisplayName("a base that is gone cannot be opened")
  void aBaseThatIsGoneCannotBeOpened() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    pool.evict(base.key(), call());
    failure(Reason.NOT_FOUND, () -> pool.openBase(base, call()).close());
  }
}
