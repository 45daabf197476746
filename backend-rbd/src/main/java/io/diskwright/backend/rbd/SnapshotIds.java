package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Future;

/**
 * Ids for the snapshots of bases. The monitors take up to a second to give one out, so they are
 * asked before it is needed, and with each for one that is kept for the next base; any thread.
 */
final class SnapshotIds {
  private final Connection connection;

  /** By the pool with the images' data, where that is not their own; guarded by this. */
  private final Map<Optional<String>, Future<Long>> kept = new HashMap<>();

  SnapshotIds(Connection connection) {
    this.connection = connection;
  }

  /** Returns an id that nobody else gets, as soon as it is known. */
  synchronized Future<Long> next(Optional<String> dataPool) {
    Future<Long> before = kept.remove(dataPool);
    Future<Long> next = before == null ? ask(dataPool) : before;
    kept.put(dataPool, ask(dataPool));
    return next;
  }

  private Future<Long> ask(Optional<String> dataPool) {
    return connection.calls().begin(() -> newId(dataPool));
  }

  private long newId(Optional<String> dataPool) throws CephException {
    if (dataPool.isEmpty()) {
      return connection.pool().newSnapshotId();
    }
    try (CephPool data = connection.cluster().pool(dataPool.get(), "")) {
      return data.newSnapshotId();
    }
  }
}
