package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.Snapshot;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.backend.Snapshots;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The facet {@link Snapshots}. */
public abstract class SnapshotsContract extends Contract {
  private static final int SIZE = 2 * MIB;

  private Snapshots snapshots() {
    return facet(Snapshots.class);
  }

  private static SnapshotName snap(String name) {
    return new SnapshotName(name);
  }

  private List<String> kept(String disk) throws DiskException {
    return snapshots().list(name(disk), call()).stream().map(kept -> kept.name().value()).toList();
  }

  @Test
  @DisplayName("P5: a disk goes back to what it was, as often as it is asked to")
  void aDiskGoesBack() throws IOException {
    Sample sample = Sample.of(random, MIB);
    create("web-1", cache(sample), SIZE);
    byte[] first = sample.paddedTo(SIZE);
    scribble("web-1", first, 1000, 400_000);
    Snapshot made = snapshots().create(name("web-1"), snap("first"), call());
    assertEquals("first", made.name().value());
    assertEquals(SIZE, made.size());
    byte[] second = first.clone();
    scribble("web-1", second, 300_000, 500_000);
    snapshots().create(name("web-1"), snap("second"), call());
    assertEquals(List.of("first", "second"), kept("web-1"), "oldest first");
    assertReads("web-1", second);
    for (int round = 0; round < 2; round++) {
      scribble("web-1", new byte[SIZE], 0, SIZE);
      snapshots().rollback(name("web-1"), snap("first"), call());
      assertReads("web-1", first);
      snapshots().rollback(name("web-1"), snap("second"), call());
      assertReads("web-1", second);
    }
    assertEquals(List.of("first", "second"), kept("web-1"), "they stay");
  }

  @Test
  @DisplayName(
      "P2: the name of a snapshot is never silently replaced, and removing nothing succeeds")
  void snapshotNames() throws IOException {
    createBlank("web-1", SIZE);
    byte[] zeros = new byte[SIZE];
    snapshots().create(name("web-1"), snap("s"), call());
    scribble("web-1", new byte[SIZE], 0, 1000);
    failure(Reason.ALREADY_EXISTS, () -> snapshots().create(name("web-1"), snap("s"), call()));
    assertFalse(snapshots().remove(name("web-1"), snap("other"), call()));
    snapshots().rollback(name("web-1"), snap("s"), call());
    assertReads("web-1", zeros);
    assertTrue(snapshots().remove(name("web-1"), snap("s"), call()));
    assertFalse(snapshots().remove(name("web-1"), snap("s"), call()));
    assertEquals(List.of(), kept("web-1"));
    assertReads("web-1", zeros);
  }

  @Test
  @DisplayName("P9: snapshots take every name of the grammar, numbers too")
  void snapshotNamesAtTheLimits() throws IOException {
    createBlank("web-1", SIZE);
    List<String> names = List.of("2", "1", "x".repeat(63), "a..b", "0.-_", "A", "a");
    for (int i = 0; i < names.size(); i++) {
      byte[] state = new byte[SIZE];
      scribble("web-1", state, 0, 512);
      snapshots().create(name("web-1"), snap(names.get(i)), call());
      assertEquals(names.subList(0, i + 1), kept("web-1"));
    }
    byte[] now = read("web-1");
    scribble("web-1", new byte[SIZE], 0, 512);
    snapshots().rollback(name("web-1"), snap("a"), call());
    assertReads("web-1", now);
    for (int i = 0; i < names.size(); i++) {
      assertTrue(snapshots().remove(name("web-1"), snap(names.get(i)), call()), names.get(i));
      assertEquals(names.subList(i + 1, names.size()), kept("web-1"));
    }
    assertReads("web-1", now);
  }

  @Test
  @DisplayName("P5: going back takes the size with it, and growing again shows zeros")
  void goingBackTakesTheSizeWithIt() throws IOException {
    Sample sample = Sample.of(random, MIB);
    create("web-1", cache(sample), SIZE);
    byte[] small = sample.paddedTo(SIZE);
    scribble("web-1", small, SIZE - 100, 100);
    snapshots().create(name("web-1"), snap("small"), call());
    pool.resize(name("web-1"), 2 * SIZE, call());
    scribble("web-1", new byte[2 * SIZE], 0, 2 * SIZE);
    snapshots().rollback(name("web-1"), snap("small"), call());
    assertEquals(SIZE, found("web-1").size());
    assertReads("web-1", small);
    pool.resize(name("web-1"), 2 * SIZE, call());
    assertReads("web-1", Arrays.copyOf(small, 2 * SIZE));
  }

  @Test
  @DisplayName("P5: a snapshot is still what it was after its disk was flattened")
  void aSnapshotOutlivesFlattening() throws IOException {
    if (!fixture.facets().contains(Flattening.class)) {
      return;
    }
    Sample sample = Sample.dense(random, SIZE);
    BaseRecord base = cache(sample);
    create("web-1", base, SIZE);
    snapshots().create(name("web-1"), snap("s"), call());
    byte[] model = sample.paddedTo(SIZE);
    scribble("web-1", model, 0, 100_000);
    try {
      facet(Flattening.class).flatten(name("web-1"), call());
    } catch (DiskException e) {
      assertTells(e);
      assertEquals(Reason.HAS_DEPENDENTS, e.reason(), e.getMessage());
    }
    assertReads("web-1", model);
    snapshots().rollback(name("web-1"), snap("s"), call());
    assertReads("web-1", sample.paddedTo(SIZE));
  }

  @Test
  @DisplayName("P2: a disk goes with its snapshots, and comes back without")
  void aDiskGoesWithItsSnapshots() throws IOException {
    createBlank("web-1", SIZE);
    snapshots().create(name("web-1"), snap("s"), call());
    try {
      pool.delete(name("web-1"), call());
    } catch (DiskException e) {
      assertEquals(Reason.HAS_DEPENDENTS, e.reason(), e.getMessage());
      snapshots().remove(name("web-1"), snap("s"), call());
      pool.delete(name("web-1"), call());
    }
    createBlank("web-1", SIZE);
    assertEquals(List.of(), kept("web-1"));
  }

  @Test
  @DisplayName("P11: what is not there cannot be kept nor gone back to, nor anything after close")
  void whatIsNotThere() throws IOException {
    Snapshots snapshots = snapshots();
    failure(Reason.NOT_FOUND, () -> snapshots.create(name("no"), snap("s"), call()));
    failure(Reason.NOT_FOUND, () -> snapshots.list(name("no"), call()));
    failure(Reason.NOT_FOUND, () -> snapshots.rollback(name("no"), snap("s"), call()));
    failure(Reason.NOT_FOUND, () -> snapshots.remove(name("no"), snap("s"), call()));
    createBlank("web-1", SIZE);
    failure(Reason.NOT_FOUND, () -> snapshots.rollback(name("web-1"), snap("s"), call()));
    pool.close();
    assertThrows(IllegalStateException.class, () -> snapshots.list(name("web-1"), call()));
    assertThrows(
        IllegalStateException.class, () -> snapshots.create(name("web-1"), snap("s"), call()));
    assertThrows(
        IllegalStateException.class, () -> snapshots.rollback(name("web-1"), snap("s"), call()));
    assertThrows(
        IllegalStateException.class, () -> snapshots.remove(name("web-1"), snap("s"), call()));
  }
}
