package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephCluster;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to a cluster, which is closed when the pool is, and the last lock that was taken
 * over it has been given back; any thread.
 */
final class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final CephCluster cluster;
  private final CephPool pool;
  private final Leases leases = new Leases();
  private int users = 1;

  private Connection(CephCluster cluster, CephPool pool) {
    this.cluster = cluster;
    this.pool = pool;
  }

  static Connection open(RbdSettings settings) throws CephException {
    CephCluster cluster = CephCluster.connect(settings.access());
    try {
      return new Connection(cluster, cluster.pool(settings.pool(), settings.namespace()));
    } catch (CephException | RuntimeException e) {
      cluster.close();
      throw e;
    }
  }

  CephCluster cluster() {
    return cluster;
  }

  CephPool pool() {
    return pool;
  }

  Leases leases() {
    return leases;
  }

  /** Keeps it open until {@link #release} has been called once more. */
  synchronized void retain() {
    users++;
  }

  /** Closes it when nobody else uses it. */
  void release() {
    synchronized (this) {
      users--;
      if (users > 0) {
        return;
      }
    }
    leases.close();
    try {
      cluster.close();
    } catch (CephException e) {
      LOG.warn("the connection is closed, and something was not: {}", e.getMessage());
    }
  }
}
