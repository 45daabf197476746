package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephLibraries;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.spi.Answer;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;

/** Opens pools, and marks a Ceph pool as one when it is not yet. */
final class RbdPools {
  /** The layout that this code reads and writes. */
  static final int LAYOUT_VERSION = 1;

  private static final String TRIED = "open pool";

  private RbdPools() {}

  static RbdPool open(PoolContext context, String backend) throws DiskException {
    String name = context.name().value();
    requireLibraries(name);
    RbdSettings settings = settings(context);
    RbdRefusals refusals = new RbdRefusals(settings, TRIED);
    try {
      Connection connection = connect(settings, refusals);
      try {
        refusals.requireDataPool(connection.cluster());
        return new RbdPool(name, settings, connection, identity(connection.pool(), backend));
      } catch (CephException e) {
        DiskException refusal = refusals.ofUse(e, connection.pool());
        connection.release();
        throw refusal;
      } catch (IOException | RuntimeException e) {
        connection.release();
        throw e;
      }
    } catch (DiskException e) {
      throw e.on(name, settings.pool());
    } catch (IOException e) {
      throw DiskException.of(Reason.CORRUPT, TRIED)
          .pool(name)
          .resource(settings.pool())
          .said(String.valueOf(e.getMessage()))
          .cause(e)
          .remedy("restore the object %s".formatted(Index.OBJECT))
          .build();
    }
  }

  private static Connection connect(RbdSettings settings, RbdRefusals refusals)
      throws DiskException {
    try {
      return Connection.open(settings);
    } catch (CephException e) {
      throw refusals.ofConnecting(e);
    }
  }

  private static void requireLibraries(String name) throws DiskException {
    Optional<String> missing = CephLibraries.whyMissing();
    if (missing.isPresent()) {
      throw DiskException.of(Reason.UNAVAILABLE, TRIED)
          .pool(name)
          .resource("librbd")
          .said(missing.get())
          .remedy("install the packages librbd1 and librados2")
          .build();
    }
  }

  private static RbdSettings settings(PoolContext context) throws DiskException {
    Answer answer = RbdSettings.accepts(context.settings());
    if (!answer.yes()) {
      throw DiskException.of(Reason.CONFIGURATION, TRIED)
          .pool(context.name().value())
          .resource("settings")
          .said(answer.reason())
          .remedy("mend the pool's settings")
          .build();
    }
    return RbdSettings.of(context);
  }

  private static PoolIdentity identity(CephPool pool, String backend) throws IOException {
    if (!pool.namespaceExists()) {
      throw DiskException.of(Reason.NOT_FOUND, TRIED)
          .said("there is no namespace '%s'".formatted(pool.namespace()))
          .remedy("make it with: rbd namespace create " + pool.name() + '/' + pool.namespace())
          .build();
    }
    Index index = new Index(() -> pool);
    Optional<Entry> marker = index.find(IndexKeys.MARKER);
    if (marker.isEmpty()) {
      index.create();
      Map<String, String> values =
          Map.of(
              "uuid", UUID.randomUUID().toString(),
              "backend", backend,
              "layout", Integer.toString(LAYOUT_VERSION));
      Entry ours = Index.entry(IndexKeys.MARKER, values);
      if (index.change().ifAbsent(ours.key()).set(ours).make()) {
        marker = Optional.of(ours);
      } else {
        marker = index.find(IndexKeys.MARKER); // another call was faster
      }
    }
    PoolIdentity identity =
        identity(
            marker.orElseThrow(
                () -> new IndexFormatException(IndexKeys.MARKER, "it came and went")));
    requireOurs(identity, backend);
    return identity;
  }

  private static PoolIdentity identity(Entry marker) throws IndexFormatException {
    SortedMap<String, String> values = marker.values();
    try {
      return new PoolIdentity(
          UUID.fromString(values.getOrDefault("uuid", "")),
          values.getOrDefault("backend", ""),
          Integer.parseInt(values.getOrDefault("layout", "")));
    } catch (IllegalArgumentException e) {
      throw new IndexFormatException(marker.key(), "it is no pool's marker: " + e.getMessage());
    }
  }

  private static void requireOurs(PoolIdentity identity, String backend) throws DiskException {
    if (!identity.backend().equals(backend)) {
      throw DiskException.of(Reason.CONFIGURATION, TRIED)
          .said("it belongs to backend '%s', not '%s'".formatted(identity.backend(), backend))
          .remedy("give the pool a Ceph pool or namespace of its own")
          .build();
    }
    if (identity.layoutVersion() != LAYOUT_VERSION) {
      throw DiskException.of(Reason.CONFIGURATION, TRIED)
          .said(
              "its layout is version %d, and this program knows version %d"
                  .formatted(identity.layoutVersion(), LAYOUT_VERSION))
          .remedy("use the version of Diskwright that made it")
          .build();
    }
  }

  /** Returns whether an error says that the user may not do it. */
  static boolean isForbidden(CephException e) {
    return e.is(Errno.EPERM, Errno.EACCES);
  }
}
