package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.LocationCloning;
import io.diskwright.spi.backend.Preallocation;
import io.diskwright.spi.backend.Snapshots;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Which facets there are. */
public abstract class FacetsContract extends Contract {
  private static final List<Class<? extends Facet>> KNOWN =
      List.of(
          Extraction.class,
          Flattening.class,
          LocationCloning.class,
          Preallocation.class,
          Snapshots.class);

  @Test
  @DisplayName("just the facets that the backend claims are handed out, and always the same")
  void justTheFacetsThatAreClaimed() {
    Set<Class<? extends Facet>> handedOut = new HashSet<>();
    for (Class<? extends Facet> type : KNOWN) {
      if (pool.facet(type).isPresent()) {
        handedOut.add(type);
        assertSame(pool.facet(type).get(), pool.facet(type).get());
      }
    }
    assertEquals(fixture.facets(), handedOut);
  }
}
