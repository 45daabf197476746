package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.ImageOptions;
import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.spi.backend.PoolUsage;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.OsErrors;
import java.io.IOException;
import java.util.OptionalLong;
import java.util.function.Consumer;

/** An opened pool: what bases and disks, locks and sweeps share; any thread. */
final class RbdPool implements AutoCloseable {
  private final String name;
  private final RbdSettings settings;
  private final Connection connection;
  private final PoolIdentity identity;
  private final Index index;
  private final Disposal disposal;
  private final Session session;
  private final RbdLocks locks;
  private final SnapshotIds snapshotIds;
  private final UnderWay underWay;

  RbdPool(String name, RbdSettings settings, Connection connection, PoolIdentity identity) {
    this.name = name;
    this.settings = settings;
    this.connection = connection;
    this.identity = identity;
    this.index = new Index(connection::pool);
    this.session = new Session(connection, index, settings.lease());
    this.disposal = new Disposal(connection::pool, index, new Claims(index, session));
    this.locks = new RbdLocks(name, connection, settings);
    this.snapshotIds = new SnapshotIds(connection);
    this.underWay = new UnderWay("pool (%s)".formatted(name), this::end);
  }

  String name() {
    return name;
  }

  RbdSettings settings() {
    return settings;
  }

  Connection connection() {
    return connection;
  }

  /** Returns the Ceph pool with the images. */
  CephPool images() {
    return connection.pool();
  }

  PoolIdentity identity() {
    return identity;
  }

  Index index() {
    return index;
  }

  Disposal disposal() {
    return disposal;
  }

  ImageOptions imageOptions() {
    return settings.imageOptions();
  }

  /**
   * Makes a clone, laid out as the pool's new images are; but Ceph makes none whose objects are
   * smaller than its parent's, so they are as large then.
   */
  void cloneImage(CephPool parents, String parent, String snapshot, String image)
      throws CephException {
    ImageOptions options = imageOptions();
    try {
      images().cloneImage(parents, parent, snapshot, image, options);
    } catch (CephException e) {
      if (!e.is(Errno.EINVAL) || options.objectSize().isEmpty()) {
        throw e;
      }
      ImageOptions asParent =
          new ImageOptions(options.features(), OptionalLong.empty(), options.dataPool());
      images().cloneImage(parents, parent, snapshot, image, asParent);
    }
  }

  /** Begins to make an image, whose name begins with this one. */
  Attempt attempt(String imageName) throws IOException {
    return Attempt.begin(index, session, disposal, imageName);
  }

  RbdLocks locks() {
    return locks;
  }

  SnapshotIds snapshotIds() {
    return snapshotIds;
  }

  /** Returns how full the pool is that takes the data of images. */
  PoolUsage usage() throws CephException {
    var stats = connection.cluster().stats(imageOptions().dataPool().orElse(settings.pool()));
    OptionalLong quota = stats.quota();
    long there = stats.stored() + stats.available();
    return quota.isPresent()
        ? new PoolUsage(
            Math.min(there, quota.getAsLong()),
            Math.max(0, Math.min(stats.available(), quota.getAsLong() - stats.stored())))
        : new PoolUsage(there, stats.available());
  }

  /**
   * Work on the cluster.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  interface Work<T> {
    T run() throws IOException;
  }

  /** Does some work in the caller's thread, and says of what fails where and on what. */
  <T> T run(String tried, Object resource, Work<T> work) throws DiskException {
    underWay.enter();
    try {
      return work.run();
    } catch (IOException e) {
      throw failure(e, tried, resource, false);
    } finally {
      underWay.leave();
    }
  }

  /** Does some work for no longer than the call allows, and says of what fails where. */
  <T> T run(String tried, Object resource, Call call, BoundedCalls.Work<T> work)
      throws DiskException {
    return run(tried, resource, call, work, result -> {});
  }

  /** Does the same, and clears up the result when nobody takes it any more. */
  <T> T run(
      String tried, Object resource, Call call, BoundedCalls.Work<T> work, Consumer<T> discard)
      throws DiskException {
    underWay.enter();
    try {
      return within(tried, resource, call, work, discard);
    } finally {
      underWay.leave();
    }
  }

  /** Does the same as a part of work that is under way. */
  <T> T within(String tried, Object resource, Call call, BoundedCalls.Work<T> work)
      throws DiskException {
    return within(tried, resource, call, work, result -> {});
  }

  /** Does the same, and clears up the result when nobody takes it any more. */
  <T> T within(
      String tried, Object resource, Call call, BoundedCalls.Work<T> work, Consumer<T> discard)
      throws DiskException {
    boolean[] committed = {false};
    try {
      return connection
          .calls()
          .run(
              call,
              tried,
              gate -> {
                underWay.enterAgain(); // its caller may leave before it has ended
                try {
                  return work.run(gate);
                } finally {
                  committed[0] = gate.isCommitted();
                  underWay.leave();
                }
              },
              discard);
    } catch (IOException e) {
      throw failure(e, tried, resource, committed[0]);
    }
  }

  /**
   * Ends a part of work that is under way, for as long as its call allows and a moment longer; then
   * it goes on by itself.
   */
  void finish(Call call, Runnable work) {
    underWay.enterAgain();
    connection
        .calls()
        .finish(
            call,
            () -> {
              try {
                work.run();
              } finally {
                underWay.leave();
              }
            });
  }

  private DiskException failure(IOException e, String tried, Object resource, boolean committed) {
    if (e instanceof DiskException known) {
      return known.on(name, resource.toString());
    }
    if (e instanceof IndexFormatException damaged) {
      return DiskException.of(Reason.CORRUPT, tried)
          .pool(name)
          .resource(resource.toString())
          .said(String.valueOf(e.getMessage()))
          .cause(e)
          .remedy(damaged.remedy(settings))
          .build();
    }
    if (!(e instanceof CephException ceph)) {
      return OsErrors.toFailure(e, tried).pool(name).resource(resource.toString()).build();
    }
    if (committed && ceph.is(Errno.ETIMEDOUT)) {
      return DiskException.of(Reason.OUTCOME_UNKNOWN, tried)
          .pool(name)
          .resource(resource.toString())
          .said("the cluster did not say whether it is done: " + ceph.getMessage())
          .cause(e)
          .remedy("ask whether it is, or try again: what was done is not done twice")
          .build();
    }
    if (ceph.is(Errno.ESHUTDOWN) && connection.renewIfShutOut()) {
      session.forget();
    }
    return CephErrors.toFailure(ceph, tried).pool(name).resource(resource.toString()).build();
  }

  /**
   * Fails when the pool is closed.
   *
   * @throws IllegalStateException when it is
   */
  void requireOpen() {
    underWay.requireOpen();
  }

  /** Takes no more work; what the pool holds open goes when what is under way has ended. */
  @Override
  public void close() {
    locks.close();
    underWay.close();
  }

  private void end() {
    session.close();
    connection.release();
  }
}
