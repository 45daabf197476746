package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephCluster;
import io.diskwright.backend.rbd.ceph.CephException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Remembers for a while where a cluster's monitors are, which rarely changes; any thread. */
final class Monitors {
  private static final Duration FRESH = Duration.ofMinutes(1);

  private volatile @Nullable Known known;

  /** What the cluster has said, and when by {@link System#nanoTime} it was asked. */
  private record Known(List<String> addresses, long asked) {
    boolean isFresh() {
      return System.nanoTime() - asked < FRESH.toNanos();
    }
  }

  List<String> of(CephCluster cluster) throws CephException {
    Known now = known;
    if (now == null || !now.isFresh()) {
      long asked = System.nanoTime();
      now = new Known(cluster.monitors(), asked);
      known = now;
    }
    return now.addresses;
  }
}
