package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Preallocation;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The facet {@link Preallocation}. */
public abstract class PreallocationContract extends Contract {
  private static final int SIZE = 4 * MIB;

  private static DiskRequest preallocated(String name, long size) {
    return DiskRequest.builder(name(name), size).preallocate(true).build();
  }

  @Test
  @DisplayName("P5: a preallocated disk reads as any other")
  void aPreallocatedDiskReadsAsAnyOther() throws IOException {
    if (!facet(Preallocation.class).supportsPreallocation().yes()) {
      return;
    }
    Sample sample = Sample.of(random, SIZE / 2 + 1);
    pool.createImage(preallocated("web-1", SIZE), cache(sample), call());
    pool.createBlank(preallocated("blank", SIZE), call());
    assertReads("web-1", sample.paddedTo(SIZE));
    assertReads("blank", new byte[SIZE]);
    byte[] model = sample.paddedTo(SIZE);
    scribble("web-1", model, SIZE / 4, SIZE / 2);
    assertReads("web-1", model);
  }

  @Test
  @DisplayName("P10: a disk for which the storage has no room is refused and leaves nothing")
  void noRoom() throws IOException {
    if (!facet(Preallocation.class).supportsPreallocation().yes()) {
      return;
    }
    long tooMuch = (pool.usage(call()).capacity() / 512 + 1) * 1024;
    failure(Reason.NO_SPACE, () -> pool.createBlank(preallocated("large", tooMuch), call()));
    assertEquals(List.of(), listed());
    assertEquals(List.of(), fixture.strays());
    createBlank("next", SIZE);
  }

  @Test
  @DisplayName("after close the facet throws IllegalStateException")
  void afterClose() throws IOException {
    Preallocation preallocation = facet(Preallocation.class);
    pool.close();
    assertThrows(IllegalStateException.class, preallocation::supportsPreallocation);
  }
}
