package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.backend.BaseRecord;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Deleting disks. */
public abstract class DeleteContract extends Contract {
  private static final int SIZE = MIB;

  @Test
  @DisplayName("P2: deleting what is not there succeeds")
  void deletingWhatIsNotThereSucceeds() throws IOException {
    assertFalse(pool.delete(name("nobody"), call()));
    createBlank("web-1", SIZE);
    assertTrue(pool.delete(name("web-1"), call()));
    assertFalse(pool.delete(name("web-1"), call()));
  }

  @Test
  @DisplayName("P1: what is deleted is found no more, and its name is free")
  void whatIsDeletedIsFoundNoMore() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    for (int round = 0; round < fixture.rounds(3); round++) {
      createBlank("web-1", SIZE);
      assertTrue(pool.delete(name("web-1"), call()));
      assertEquals(Optional.empty(), pool.find(name("web-1"), call()));
      assertEquals(List.of(), listed());
      create("web-1", base, SIZE);
      assertReads("web-1", sample.paddedTo(SIZE));
      assertTrue(pool.delete(name("web-1"), call()));
    }
  }

  @Test
  @DisplayName("P4: deleting a disk leaves its base and its siblings")
  void deletingADiskLeavesItsBase() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    create("web-1", base, SIZE);
    create("web-2", base, SIZE);
    assertTrue(pool.delete(name("web-1"), call()));
    assertEquals(List.of("web-2"), listed());
    assertReads("web-2", sample.paddedTo(SIZE));
    assertTrue(pool.findBase(base.key(), call()).isPresent());
    assertFalse(pool.users(base.key(), call()).contains(name("web-1")), "it uses the base no more");
  }

  @Test
  @DisplayName("P2: of many who delete a disk at once, one did")
  void deletedByManyAtOnce() throws IOException {
    for (int round = 0; round < fixture.rounds(10); round++) {
      createBlank("web-1", SIZE);
      int deleted = 0;
      for (Outcome<Boolean> outcome :
          Together.times(fixture.many(8), i -> () -> pool.delete(name("web-1"), call()))) {
        deleted += outcome.orThrow() ? 1 : 0;
      }
      assertEquals(1, deleted);
      assertEquals(List.of(), listed());
    }
  }
}
