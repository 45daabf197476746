package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephCluster;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.toolkit.os.Errno;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to a cluster, which is closed when the pool is, and the last lock that was taken
 * over it has been given back; any thread.
 *
 * <p>A client that gave no sign of life for long is shut out by others. When it finds that, it
 * connects anew, as another client: whatever the old one held or was making is lost to it.
 */
final class Connection {
  private static final Logger LOG = LoggerFactory.getLogger(Connection.class);

  private final RbdSettings settings;
  private final Leases leases = new Leases();
  private final BoundedCalls calls = new BoundedCalls();
  private final Monitors monitors = new Monitors();
  private volatile Client client;

  /** Those that were shut out, whose handles others may still be using; guarded by this. */
  private final List<Client> former = new ArrayList<>();

  /** Guarded by this. */
  private int users = 1;

  private Connection(RbdSettings settings, Client client) {
    this.settings = settings;
    this.client = client;
  }

  /** One client of the cluster, and the pool that it has opened. */
  private record Client(CephCluster cluster, CephPool pool) {
    static Client connect(RbdSettings settings) throws CephException {
      CephCluster cluster = CephCluster.connect(settings.access());
      try {
        return new Client(cluster, cluster.pool(settings.pool(), settings.namespace()));
      } catch (CephException | RuntimeException e) {
        cluster.close();
        throw e;
      }
    }

    boolean isShutOut() {
      try {
        var unused = pool.readOmap(Index.OBJECT, List.of(IndexKeys.MARKER));
        return false;
      } catch (CephException e) {
        return e.is(Errno.ESHUTDOWN);
      }
    }

    void close() {
      try {
        cluster.close();
      } catch (CephException e) {
        LOG.warn("the connection is closed, and something was not: {}", e.getMessage());
      }
    }
  }

  static Connection open(RbdSettings settings) throws CephException {
    return new Connection(settings, Client.connect(settings));
  }

  CephCluster cluster() {
    return client.cluster;
  }

  CephPool pool() {
    return client.pool;
  }

  /** Returns where the cluster's monitors are. */
  List<String> monitors() throws CephException {
    return monitors.of(client.cluster);
  }

  BoundedCalls calls() {
    return calls;
  }

  Leases leases() {
    return leases;
  }

  /** Connects anew, if the client that is used now has been shut out; returns whether it did. */
  synchronized boolean renewIfShutOut() {
    Client now = client;
    if (users == 0 || !now.isShutOut()) {
      return false;
    }
    try {
      client = Client.connect(settings);
      former.add(now);
      LOG.warn("client {} was shut out, and is now {}", address(now), address(client));
      return true;
    } catch (CephException e) {
      LOG.warn("this client was shut out, and cannot connect anew: {}", e.getMessage());
      return false;
    }
  }

  private static String address(Client client) {
    try {
      return client.cluster.address();
    } catch (CephException e) {
      return "without an address";
    }
  }

  /** Keeps it open until {@link #release} has been called once more. */
  synchronized void retain() {
    users++;
  }

  /** Closes it when nobody else uses it. */
  void release() {
    List<Client> last;
    synchronized (this) {
      users--;
      if (users > 0) {
        return;
      }
      last = new ArrayList<>(former);
      last.add(client);
    }
    leases.close();
    calls.close();
    last.forEach(Client::close);
  }
}
