package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephCluster;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.Errno;
import java.util.Optional;

/** Says why a pool cannot be opened: which file, which Ceph pool or which cap is to be mended. */
final class RbdRefusals {
  private final RbdSettings settings;
  private final String user;
  private final String tried;

  RbdRefusals(RbdSettings settings, String tried) {
    this.settings = settings;
    this.user = "client." + settings.access().user();
    this.tried = tried;
  }

  /** Says why there is no connection, or no Ceph pool. */
  DiskException ofConnecting(CephException e) {
    if (RbdPools.isForbidden(e)) {
      return new Lack(
              "the key is not that of %s, or the user lacks mon 'profile rbd'".formatted(user),
              "compare keyring and caps with: ceph auth get " + user)
          .toFailure(e, tried);
    }
    if (!e.is(Errno.ENOENT)) {
      return CephErrors.toFailure(e, tried).build();
    }
    String name = settings.pool();
    return e.operation().equals(CephCluster.OPEN_POOL)
        ? new Lack(
                "there is no such Ceph pool",
                "mend the setting pool, or run: ceph osd pool create %s; rbd pool init %s"
                    .formatted(name, name))
            .toFailure(e, tried)
        : DiskException.of(Reason.CONFIGURATION, tried)
            .said(
                "%s: Ceph's configuration file, or the keyring of %s, is not there"
                    .formatted(e.getMessage(), user))
            .remedy("mend the settings ceph-conf, user and keyring")
            .nativeCode(e.errno())
            .cause(e)
            .build();
  }

  /** Says what a user who has connected may not do, or what the Ceph pool cannot do. */
  DiskException ofUse(CephException e, CephPool pool) {
    if (RbdPools.isForbidden(e) || e.is(Errno.EOPNOTSUPP)) {
      try {
        Optional<Lack> lack = new RbdRights(user, pool).lack(true);
        if (lack.isPresent()) {
          return lack.get().toFailure(e, tried);
        }
      } catch (CephException again) {
        e.addSuppressed(again);
      }
    }
    return CephErrors.toFailure(e, tried).build();
  }

  /** Fails when the data pool is not there. */
  void requireDataPool(CephCluster cluster) throws CephException, DiskException {
    Optional<String> name = settings.imageOptions().dataPool();
    if (name.isPresent()) {
      try {
        cluster.pool(name.get(), "").close();
      } catch (CephException e) {
        if (e.is(Errno.ENOENT)) {
          throw Lack.ofDataPool(name.get()).toFailure(e, tried);
        }
        throw e;
      }
    }
  }
}
