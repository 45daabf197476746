package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** The facet {@link Flattening}. */
public abstract class FlatteningContract extends Contract {
  private static final int SIZE = 2 * MIB;

  @Test
  @DisplayName("P5: a flattened disk reads as before and depends on no base any more")
  void aFlattenedDiskDependsOnNoBase() throws IOException {
    Sample sample = Sample.of(random, MIB + 1);
    BaseRecord base = cache(sample);
    create("web-1", base, SIZE);
    byte[] model = sample.paddedTo(SIZE);
    scribble("web-1", model, 70_000, 300_000);
    boolean dependent = !pool.users(base.key(), call()).isEmpty();
    assertEquals(dependent, facet(Flattening.class).flatten(name("web-1"), call()));
    assertReads("web-1", model);
    assertEquals(List.of(), pool.users(base.key(), call()));
    assertFalse(facet(Flattening.class).flatten(name("web-1"), call()), "nothing to do again");
    assertEquals(Eviction.REMOVED, pool.evict(base.key(), call()));
    assertReads("web-1", model);
    pool.resize(name("web-1"), 2 * SIZE, call());
    model = Arrays.copyOf(model, 2 * SIZE);
    assertReads("web-1", model);
  }

  @Test
  @DisplayName("P5: flattening one disk leaves its siblings on their base")
  void flatteningOneLeavesItsSiblings() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    create("web-1", base, SIZE);
    create("web-2", base, SIZE);
    facet(Flattening.class).flatten(name("web-1"), call());
    assertFalse(pool.users(base.key(), call()).contains(name("web-1")));
    assertReads("web-1", sample.paddedTo(SIZE));
    assertReads("web-2", sample.paddedTo(SIZE));
  }

  @Test
  @DisplayName("P5: a blank disk has nothing to flatten")
  void aBlankDiskHasNothingToFlatten() throws IOException {
    createBlank("blank", SIZE);
    assertFalse(facet(Flattening.class).flatten(name("blank"), call()));
    assertReads("blank", new byte[SIZE]);
  }

  @Test
  @DisplayName("P11: a disk that is not there cannot be flattened, nor can any after close")
  void aDiskThatIsNotThere() throws IOException {
    Flattening flattening = facet(Flattening.class);
    failure(Reason.NOT_FOUND, () -> flattening.flatten(name("nobody"), call()));
    createBlank("web-1", SIZE);
    pool.close();
    assertThrows(IllegalStateException.class, () -> flattening.flatten(name("web-1"), call()));
  }
}
