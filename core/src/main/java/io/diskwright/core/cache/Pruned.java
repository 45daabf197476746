package io.diskwright.core.cache;

import io.diskwright.spi.backend.BaseUsage;
import java.util.List;

/**
 * What pruning a cache came to, or would come to.
 *
 * @param gone the bases that have left the cache, the least recently used first
 * @param kept those that stay, and why
 */
public record Pruned(List<BaseUsage> gone, List<KeptBase> kept) {
  /** Copies the lists. */
  public Pruned {
    gone = List.copyOf(gone);
    kept = List.copyOf(kept);
  }

  /** Returns how many bytes those took up that are gone, as far as the storage can tell. */
  public long freed() {
    return gone.stream().mapToLong(BaseUsage::allocated).sum();
  }
}
