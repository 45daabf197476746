package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Sizes: what fits, what does not, and what is beyond all bounds. */
public abstract class SizesContract extends Contract {
  private static final long TIB = 1L << 40;
  private static final long HUGE = 8 * TIB;
  private static final long ABSURD = Long.MAX_VALUE / 512 * 512;

  @Test
  @DisplayName("P5: a size that is smaller than the image is refused, with both sizes")
  void aSizeSmallerThanTheImageIsRefused() {
    assertTrue(pool.verifyBaseSize(MIB, MIB).yes());
    assertTrue(pool.verifyBaseSize(1, 512).yes());
    assertTrue(pool.verifyBaseSize(MIB, HUGE).yes());
    Answer answer = pool.verifyBaseSize(2_000_001, 1_999_872);
    assertFalse(answer.yes());
    assertTrue(answer.reason().contains("2000001"), answer.reason());
    assertTrue(answer.reason().contains("1999872"), answer.reason());
    assertFalse(pool.verifyBaseSize(Long.MAX_VALUE, ABSURD).yes());
  }

  @Test
  @DisplayName("P5: a disk has the size that was asked for, to the sector")
  void aDiskHasTheSizeThatWasAskedFor() throws IOException {
    BaseRecord base = cache(Sample.of(random, 512));
    for (long size : new long[] {512, 1024, 1536, MIB - 512, MIB + 512, 123_457 * 512L}) {
      createBlank("blank-" + size, size);
      create("web-" + size, base, size);
      for (String name : List.of("blank-" + size, "web-" + size)) {
        assertEquals(size, found(name).size());
        try (GuestDisk disk = attach(name)) {
          assertEquals(seen(size), disk.size(), "what a machine sees of " + name);
        }
      }
    }
  }

  @Test
  @DisplayName("P5: a huge disk takes no time and no space where disks are thin")
  void aHugeDisk() throws IOException {
    if (!fixture.thin()) {
      failure(Reason.NO_SPACE, () -> createBlank("huge", HUGE));
      assertEquals(List.of(), listed());
      return;
    }
    Sample sample = Sample.dense(random, MIB);
    createBlank("blank", HUGE);
    create("web-1", cache(sample), HUGE);
    try (GuestDisk blank = attach("blank");
        GuestDisk disk = attach("web-1")) {
      assertEquals(seen(HUGE), blank.size());
      assertEquals(seen(HUGE), disk.size());
      assertZeros(read(blank, 0, MIB), "the start of the blank disk");
      assertZeros(read(blank, HUGE - MIB, MIB), "the end of the blank disk");
      assertBytes(sample.paddedTo(2 * MIB), read(disk, 0, 2 * MIB), "the start");
      assertZeros(read(disk, HUGE / 2 - 512, MIB), "the middle");
      assertZeros(read(disk, HUGE - MIB, MIB), "the end");
    }
  }

  @Test
  @DisplayName("P10: a size beyond all bounds is refused and leaves nothing, or is kept")
  void aSizeBeyondAllBounds() throws IOException {
    BaseRecord base = cache(Sample.of(random, MIB));
    for (long size : new long[] {ABSURD, ABSURD - (1 << 21), 1L << 62, 1L << 60}) {
      for (boolean blank : new boolean[] {true, false}) {
        try {
          long made =
              (blank ? createBlank("absurd", size) : create("absurd", base, size)).disk().size();
          assertEquals(size, made);
          assertEquals(size, found("absurd").size());
        } catch (DiskException e) {
          assertRefusedForSize(e);
          assertEquals(Optional.empty(), pool.find(name("absurd"), call()));
        }
        pool.delete(name("absurd"), call());
      }
    }
    createBlank("next", MIB);
    assertEquals(List.of("next"), listed());
  }

  final void assertRefusedForSize(DiskException refusal) {
    assertTells(refusal);
    assertTrue(
        Set.of(Reason.INVALID_REQUEST, Reason.NO_SPACE).contains(refusal.reason()),
        refusal.getMessage());
  }

  @Test
  @DisplayName("P5: a base is as large as its image, whatever that is")
  void aBaseIsAsLargeAsItsImage() throws IOException {
    for (int size : new int[] {1, 1000, 4096, 77_777}) {
      BaseRecord base = cache(Sample.of(random, size));
      assertEquals(size, base.virtualSize());
      assertEquals(size, base.length());
    }
    long[] sizes =
        pool.bases(call()).stream().mapToLong(BaseRecord::virtualSize).sorted().toArray();
    assertEquals("[1, 1000, 4096, 77777]", Arrays.toString(sizes));
  }

  @Test
  @DisplayName("P11: a pool says how full it is")
  void aPoolSaysHowFullItIs() throws DiskException {
    PoolUsage usage = pool.usage(call());
    assertTrue(usage.capacity() > 0, usage.toString());
    assertTrue(usage.free() >= 0 && usage.free() <= usage.capacity(), usage.toString());
  }
}
