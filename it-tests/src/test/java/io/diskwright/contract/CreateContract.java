package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskOrigin;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.Way;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Making disks: that what is returned, found and listed is one and the same. */
public abstract class CreateContract extends Contract {
  private static final int SIZE = MIB;

  @Test
  @DisplayName("P1: a blank disk is found as it was returned")
  void aBlankDiskIsFoundAsItWasReturned() throws IOException {
    Instant before = Instant.now();
    Created created = createBlank("blank", SIZE);
    assertEquals("blank", created.way());
    assertEquals(SIZE, created.disk().size());
    assertEquals(new DiskOrigin.Blank(), created.disk().origin());
    assertTrue(
        Set.of(DiskFormat.RAW, DiskFormat.QCOW2).contains(created.disk().format()),
        "a disk is raw or qcow2");
    assertFalse(created.disk().created().isBefore(before.minusSeconds(1)), "it is new");
    assertEquals(created.disk().attributes(), found("blank").attributes());
    assertEquals(List.of("blank"), listed());
  }

  @Test
  @DisplayName("P1: a disk from a base is found as it was returned")
  void aDiskFromABaseIsFoundAsItWasReturned() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    Created created = create("web-1", base, 2 * SIZE);
    assertEquals(2 * SIZE, created.disk().size());
    assertEquals(new DiskOrigin.FromBase(base.key()), created.disk().origin());
    assertEquals(created.disk().attributes(), found("web-1").attributes());
    assertTrue(created.bytesMoved() >= 0, "bytes moved");
    assertEquals(
        pool.ways().stream().filter(way -> way.possible().yes()).findFirst().map(Way::name),
        Optional.of(created.way()),
        "the first way that is possible is the one that is taken");
  }

  @Test
  @DisplayName("P1: another instance sees a disk, and its end, at once")
  void anotherInstanceSeesADiskAtOnce() throws IOException {
    try (ImageBackend second = fixture.open()) {
      DiskRecord disk = createBlank("web-1", SIZE).disk();
      assertEquals(
          disk.attributes(), second.find(name("web-1"), call()).orElseThrow().attributes());
      assertEquals(List.of("web-1"), names(second.list(call())));
      second.delete(name("web-1"), call());
      assertEquals(Optional.empty(), pool.find(name("web-1"), call()));
      assertEquals(List.of(), listed());
    }
  }

  @Test
  @DisplayName("P2: the same name is never silently replaced")
  void theSameNameIsNeverSilentlyReplaced() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    final BaseRecord other = cache(Sample.of(random, SIZE));
    DiskRecord first = create("web-1", base, SIZE).disk();
    failure(Reason.ALREADY_EXISTS, () -> create("web-1", other, SIZE));
    failure(Reason.ALREADY_EXISTS, () -> create("web-1", base, SIZE));
    failure(Reason.ALREADY_EXISTS, () -> createBlank("web-1", 2 * SIZE));
    try (ImageBackend second = fixture.open()) {
      failure(Reason.ALREADY_EXISTS, () -> second.createBlank(diskRequest("web-1", SIZE), call()));
    }
    assertEquals(first.attributes(), found("web-1").attributes());
    assertReads("web-1", sample.paddedTo(SIZE));
    assertEquals(List.of("web-1"), listed());
  }

  @Test
  @DisplayName("P4: no disk is made from a base that was evicted")
  void noDiskFromAnEvictedBase() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    assertEquals(Eviction.REMOVED, pool.evict(base.key(), call()));
    failure(Reason.NOT_FOUND, () -> create("web-1", base, SIZE));
    assertEquals(Optional.empty(), pool.find(name("web-1"), call()));
    assertEquals(List.of(), listed());
  }

  @Test
  @DisplayName("P4: a base that was filled again under its key serves again")
  void aBaseThatWasFilledAgainServesAgain() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    pool.evict(base.key(), call());
    BaseRecord again = pool.cache(baseRequest(base.key(), SIZE), new SampleFill(sample), call());
    create("web-1", again, SIZE);
    assertReads("web-1", sample.paddedTo(SIZE));
  }

  @Test
  @DisplayName("P11: there is a way to make a disk, and a reason where one is refused")
  void thereIsAWay() throws DiskException {
    List<Way> ways = pool.ways();
    assertTrue(ways.stream().anyMatch(way -> way.possible().yes()), "one is possible: " + ways);
    assertEquals(ways.size(), ways.stream().map(Way::name).distinct().count(), "names differ");
    assertEquals(ways, pool.ways(), "asking changes nothing");
  }

  @Test
  @DisplayName("P1: many disks from one base are all there, by name")
  void manyDisksFromOneBase() throws IOException {
    Sample sample = Sample.of(random, 64 * KIB);
    BaseRecord base = cache(sample);
    List<String> made =
        random
            .ints(fixture.many(30))
            .mapToObj(i -> "d" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(i)))
            .distinct()
            .toList();
    for (String name : made) {
      create(name, base, 64 * KIB);
    }
    assertEquals(made.stream().sorted().toList(), listed());
    for (String name : made.subList(0, 2)) {
      assertReads(name, sample.paddedTo(64 * KIB));
    }
  }

  private static byte[] bytes(int value) {
    return new byte[] {(byte) value, (byte) (value >> 8), (byte) (value >> 16)};
  }
}
