package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.PoolIdentity;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Pools, names and records: that each thing is what it says. */
public abstract class IdentityContract extends Contract {
  private static final int SIZE = MIB;

  @Test
  @DisplayName("P2: a pool keeps its identity, however often it is opened")
  void aPoolKeepsItsIdentity() throws IOException {
    PoolIdentity identity = pool.identity();
    assertTrue(identity.layoutVersion() >= 1, "a layout has a version");
    assertFalse(identity.backend().isBlank(), "a marker names its backend");
    try (ImageBackend second = fixture.open()) {
      assertEquals(identity, second.identity());
    }
  }

  @Test
  @DisplayName("P2: storage that many open for the first time at once becomes one pool")
  void firstOpenedByManyAtOnce() throws IOException {
    for (int round = 0; round < fixture.rounds(10); round++) {
      try (ContractFixture fresh = fixture()) {
        Set<UUID> uuids = new HashSet<>();
        for (Outcome<UUID> outcome : Together.times(fixture.many(8), i -> () -> uuid(fresh))) {
          uuids.add(outcome.orThrow());
        }
        assertEquals(1, uuids.size(), "all see one uuid");
        assertEquals(uuids, Set.of(uuid(fresh)), "who comes later sees it too");
      }
    }
  }

  private UUID uuid(ContractFixture storage) throws IOException {
    try (ImageBackend opened = storage.open()) {
      assertEquals(List.of(), opened.list(call()));
      return opened.identity().uuid();
    }
  }

  @Test
  @DisplayName("P9: every name that the grammar allows names a disk of its own")
  void namesAtTheLimitsOfTheGrammar() throws IOException {
    List<String> names =
        List.of(
            "a",
            "A",
            "0",
            "x".repeat(63),
            "x".repeat(62) + "y",
            "a.",
            "a..",
            "a..b",
            "a.disk",
            "a.base",
            "a.disk.disk",
            "a.0123456789abcdef.raw",
            "x.0123456789abcdef.qcow2",
            "a.new",
            "a-",
            "a_",
            "0.-_",
            "con",
            "NUL",
            "locks",
            "diskwright-pool");
    for (String name : names) {
      assertEquals(name, createBlank(name, SIZE).disk().name().value());
    }
    assertEquals(names.stream().sorted().toList(), listed(), "all are listed, by name");
    Set<String> objects = new HashSet<>();
    for (String name : names) {
      assertEquals(name, found(name).name().value());
      assertTrue(objects.add(found(name).storageId()), name + " is an object of its own");
    }
    for (int i = 0; i < names.size(); i++) {
      assertTrue(pool.delete(name(names.get(i)), call()), names.get(i));
      List<String> left = names.subList(i + 1, names.size());
      assertEquals(left.stream().sorted().toList(), listed(), "only one is gone");
    }
  }

  @Test
  @DisplayName("P2: what was asked for stays in the record as it was asked")
  void whatWasAskedIsKept() throws IOException {
    Map<String, String> asked =
        Map.of(
            "image", "file:///images/täst ☃ 𝄞.qcow2",
            "lines", "one\ntwo\r\nthree\rfour\u2028five\n",
            "equals", "a=b==c=",
            "escapes", "%0A %25 %%0D \\n \\ \" ' ` $HOME & < > ; # @ , + / : | ~",
            "empty", "",
            "spaces", "  both ends  ",
            "long", "0123456789".repeat(20),
            "Näme.with-all_of:it", "x");
    DiskRequest request = DiskRequest.builder(name("asked"), SIZE).asked(asked).build();
    assertEquals(asked, pool.createBlank(request, call()).disk().asked());
    assertEquals(asked, found("asked").asked());
    try (ImageBackend second = fixture.open()) {
      assertEquals(asked, second.find(name("asked"), call()).orElseThrow().asked());
      assertEquals(asked, second.list(call()).get(0).asked());
    }
  }

  @Test
  @DisplayName("P2: the names of what was asked for may be any text too")
  void namesOfWhatWasAskedMayBeAnyText() throws IOException {
    Map<String, String> asked = Map.of("a=b", "c", "d\ne", "f", "%3D", "g", " ", "h");
    DiskRequest request = DiskRequest.builder(name("asked"), SIZE).asked(asked).build();
    assertEquals(asked, pool.createBlank(request, call()).disk().asked());
    assertEquals(asked, found("asked").asked());
  }

  @Test
  @DisplayName("P1: a record is made again from its attributes")
  void recordsTravelAsAttributes() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    DiskRecord disk = create("web-1", base, SIZE).disk();
    assertEquals(disk.attributes(), DiskRecord.fromAttributes(disk.attributes()).attributes());
    assertEquals(base.attributes(), BaseRecord.fromAttributes(base.attributes()).attributes());
    assertEquals(disk.attributes(), found("web-1").attributes(), "as it was returned");
    assertEquals(
        base.attributes(),
        pool.findBase(base.key(), call()).orElseThrow().attributes(),
        "as returned");
  }

  @Test
  @DisplayName("P6: a machine is told the format that is in the record")
  void theFormatComesFromTheRecord() throws IOException {
    createBlank("web-1", SIZE);
    assertEquals(found("web-1").format(), pool.attachment(found("web-1"), call()).format());
  }

  @Test
  @DisplayName("P2: a disk that is made anew under an old name is another object")
  void aNameThatIsUsedAgainIsAnotherObject() throws IOException {
    createBlank("web-1", SIZE);
    final String first = found("web-1").storageId();
    pool.delete(name("web-1"), call());
    createBlank("web-1", SIZE);
    assertNotEquals(first, found("web-1").storageId());
  }
}
