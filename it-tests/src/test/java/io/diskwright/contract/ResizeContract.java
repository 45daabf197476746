package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.Resized;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Growing disks that no machine has open. */
public abstract class ResizeContract extends Contract {
  private static final int SIZE = 2 * MIB;

  private Resized resize(String name, long size) throws DiskException {
    return pool.resize(name(name), size, call());
  }

  @Test
  @DisplayName("P5: growing keeps what is there, and the rest reads as zeros")
  void growingKeepsWhatIsThere() throws IOException {
    Sample sample = Sample.of(random, SIZE - 777);
    create("web-1", cache(sample), SIZE);
    byte[] model = sample.paddedTo(SIZE);
    scribble("web-1", model, 100_000, 50_000);
    scribble("web-1", model, SIZE - 1000, 1000);
    for (long size : new long[] {SIZE + 512, SIZE + 70_144, 5 * MIB}) {
      Resized resized = resize("web-1", size);
      assertEquals(size, resized.disk().size());
      assertEquals(Optional.empty(), resized.machine(), "no machine has it open");
      model = Arrays.copyOf(model, (int) size);
      assertReads("web-1", model);
      scribble("web-1", model, size - 512, 512);
    }
    assertReads("web-1", model);
  }

  @Test
  @DisplayName("P5: a disk that has just been made grows too")
  void aNewDiskGrows() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    create("web-1", cache(sample), SIZE);
    createBlank("blank", 512);
    resize("web-1", 2 * SIZE);
    resize("blank", SIZE);
    assertReads("web-1", sample.paddedTo(2 * SIZE));
    assertReads("blank", new byte[SIZE]);
  }

  @Test
  @DisplayName("P5: nobody's old data comes up where a disk grows")
  void nobodysOldDataComesUp() throws IOException {
    byte[] model = new byte[2 * SIZE];
    createBlank("before", 2 * SIZE);
    scribble("before", model, 0, 2 * SIZE);
    createBlank("web-1", 512);
    pool.delete(name("before"), call());
    resize("web-1", 2 * SIZE);
    assertReads("web-1", new byte[2 * SIZE]);
  }

  @Test
  @DisplayName("P5: shrinking is refused, and the disk stays as it is")
  void shrinkingIsRefused() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    create("web-1", cache(sample), SIZE);
    for (long size : new long[] {512, SIZE / 2, SIZE - 512}) {
      DiskException refusal = failure(Reason.INVALID_REQUEST, () -> resize("web-1", size));
      assertTrue(refusal.getMessage().contains(Long.toString(SIZE)), refusal.getMessage());
    }
    assertReads("web-1", sample.paddedTo(SIZE));
  }

  @Test
  @DisplayName("P2: growing to the size that it has does nothing")
  void growingToTheSameSizeDoesNothing() throws IOException {
    String record = createBlank("web-1", SIZE).disk().toString();
    Resized resized = resize("web-1", SIZE);
    assertEquals(record, resized.disk().toString());
    assertEquals(Optional.empty(), resized.machine());
    assertEquals(record, found("web-1").toString());
  }

  @Test
  @DisplayName("P1: all see the new size at once, and nothing else in the record changes")
  void allSeeTheNewSizeAtOnce() throws IOException {
    SortedMap<String, String> expected =
        new TreeMap<>(createBlank("web-1", SIZE).disk().attributes());
    expected.put("size", Long.toString(2 * SIZE));
    try (ImageBackend second = fixture.open()) {
      assertEquals(expected, resize("web-1", 2 * SIZE).disk().attributes());
      assertEquals(expected, second.find(name("web-1"), call()).orElseThrow().attributes());
      assertEquals(expected, second.list(call()).get(0).attributes());
    }
  }

  @Test
  @DisplayName("P11: a disk that is not there cannot grow")
  void aDiskThatIsNotThere() {
    failure(Reason.NOT_FOUND, () -> resize("nobody", SIZE));
  }

  @Test
  @DisplayName("P5: a disk grows to terabytes where disks are thin")
  void growsToTerabytes() throws IOException {
    long huge = 8L << 40;
    Sample sample = Sample.of(random, MIB);
    create("web-1", cache(sample), MIB);
    if (!fixture.thin()) {
      failure(Reason.NO_SPACE, () -> resize("web-1", huge));
      assertReads("web-1", sample.paddedTo(MIB));
      return;
    }
    assertEquals(huge, resize("web-1", huge).disk().size());
    try (GuestDisk disk = attach("web-1")) {
      assertBytes(sample.paddedTo(2 * MIB), read(disk, 0, 2 * MIB), "the start");
      assertZeros(read(disk, huge - MIB, MIB), "the end");
    }
  }

  @Test
  @DisplayName("P10: a size beyond all bounds is refused and changes nothing, or is kept")
  void aSizeBeyondAllBounds() throws IOException {
    for (long size : new long[] {1L << 60, Long.MAX_VALUE / 512 * 512}) {
      createBlank("web-1", SIZE);
      try {
        assertEquals(size, resize("web-1", size).disk().size());
        assertEquals(size, found("web-1").size());
      } catch (DiskException e) {
        assertTells(e);
        assertTrue(
            Set.of(Reason.INVALID_REQUEST, Reason.NO_SPACE).contains(e.reason()), e.getMessage());
        assertReads("web-1", new byte[SIZE]);
      }
      pool.delete(name("web-1"), call());
    }
  }
}
