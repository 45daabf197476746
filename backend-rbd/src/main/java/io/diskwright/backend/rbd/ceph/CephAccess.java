package io.diskwright.backend.rbd.ceph;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * How to reach a cluster.
 *
 * @param conf the configuration file; where empty, that which Ceph finds by itself: {@code
 *     $CEPH_CONF}, {@code /etc/ceph/ceph.conf}
 * @param user the Ceph user, without {@code client.}
 * @param keyring the user's keyring file; where empty, that which the configuration says
 * @param timeout how long the cluster may take to answer one operation, in whole seconds rounded
 *     up; greater than 0. A call may need several
 * @param options more of Ceph's options, which win over the file; those that bound the time do not.
 *     Their values are never shown
 */
public record CephAccess(
    Optional<Path> conf,
    String user,
    Optional<Path> keyring,
    Duration timeout,
    Map<String, String> options) {
  /** Checks the parts. */
  public CephAccess {
    Names.check("user", user);
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException("timeout (%s) must be greater than 0".formatted(timeout));
    }
    options = Map.copyOf(options);
    options.forEach(
        (name, value) -> {
          Names.check("option", name);
          Names.check("value of option " + name, value);
        });
  }

  /** Returns the timeout as Ceph's options want it. */
  String seconds() {
    return Long.toString(Math.max(1, timeout.plusNanos(999_999_999).toSeconds()));
  }

  @Override
  public String toString() {
    return "CephAccess[conf=%s, user=%s, keyring=%s, timeout=%s, options=%s]"
        .formatted(conf, user, keyring, timeout, new TreeMap<>(options).keySet());
  }
}
