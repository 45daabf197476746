package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Ids for the snapshots of bases. The monitors take up to a second to give one out, so they are
 * asked before it is needed. Who fills more than one base gets ids that were asked for still
 * earlier, with the one before; any thread.
 */
final class SnapshotIds {
  private final Connection connection;

  /** The pools with images' data, where that is not their own, asked before; guarded by this. */
  private final Set<Optional<String>> asked = new HashSet<>();

  /** By such a pool; guarded by this. */
  private final Map<Optional<String>, Future<Long>> kept = new HashMap<>();

  SnapshotIds(Connection connection) {
    this.connection = connection;
  }

  /** Returns an id that nobody else gets, when it is known. */
  synchronized Future<Long> next(Optional<String> dataPool) {
    @Nullable Future<Long> before = kept.remove(dataPool);
    Future<Long> next = before == null || hasFailed(before) ? ask(dataPool) : before;
    if (!asked.add(dataPool)) {
      kept.put(dataPool, ask(dataPool));
    }
    return next;
  }

  private static boolean hasFailed(Future<Long> id) {
    if (!id.isDone()) {
      return false;
    }
    try {
      long unused = BoundedCalls.await(id);
      return false;
    } catch (IOException e) {
      return true; // the monitors were away then
    }
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
