package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.LockRequest;
import io.diskwright.backend.rbd.ceph.ObjectWrite;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears up after clients that died: whose session's lease has lapsed, by the cluster's clock. What
 * they were making is taken out of the index first, so that it is never published; then the client
 * is shut out, so that one that was only paused writes no more; then the images go. One thread.
 */
final class RbdSweep {
  private static final Logger LOG = LoggerFactory.getLogger(RbdSweep.class);
  private static final Duration SHUT_OUT = Duration.ofHours(1);

  private final RbdPool pool;
  private final Index index;
  private final Gate gate;
  private final List<String> swept = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  RbdSweep(RbdPool pool, Gate gate) {
    this.pool = pool;
    this.index = pool.index();
    this.gate = gate;
  }

  Recovery run() throws IOException {
    for (Entry session : index.list(IndexKeys.SESSIONS)) {
      gate.check();
      sweep(session);
    }
    for (Entry gone : index.list(IndexKeys.GONE)) {
      gate.check();
      dispose(gone);
    }
    return new Recovery(swept, List.of(), kept);
  }

  /** Who sweeps a session holds its lock meanwhile: a client that lives holds it itself. */
  private void sweep(Entry session) throws IOException {
    String id = session.nameBehind(IndexKeys.SESSIONS);
    String object = Session.object(id);
    String cookie = "sweep " + UUID.randomUUID();
    CephPool images = pool.images();
    try {
      images.lock(
          object,
          new LockRequest(
              Session.LOCK, cookie, Client.name(), "", true, pool.settings().lease(), false));
    } catch (CephException e) {
      if (e.is(Errno.EBUSY)) {
        return; // it lives, or another sweeps it
      }
      throw e;
    }
    if (sweepAttempts(session, id)) {
      boolean unused = index.change().ifStill(session).remove(session.key()).make();
      images.write(ObjectWrite.on(object).assertLocked(Session.LOCK, cookie).remove());
    } else {
      boolean unused = images.unlock(object, Session.LOCK, cookie);
    }
  }

  /** Returns whether all of a session's attempts are out of the index. */
  private boolean sweepAttempts(Entry session, String id) throws IOException {
    List<Entry> attempts =
        index.list(IndexKeys.ATTEMPTS).stream().filter(entry -> Attempt.isOf(entry, id)).toList();
    if (attempts.isEmpty()) {
      return true;
    }
    for (Entry attempt : attempts) {
      String image = attempt.nameBehind(IndexKeys.ATTEMPTS);
      Entry gone = new Entry(IndexKeys.gone(image), attempt.text());
      boolean unused = index.change().ifStill(attempt).set(gone).remove(attempt.key()).make();
    }
    shutOut(session);
    return true;
  }

  private void shutOut(Entry session) throws IOException {
    String address = session.values().getOrDefault("address", "");
    try {
      pool.connection().cluster().blocklist(address, SHUT_OUT);
    } catch (CephException e) {
      if (!e.is(Errno.EACCES, Errno.EPERM)) {
        throw e;
      }
      LOG.warn(
          "client {} cannot be shut out, so its images go when it watches them no more: {}",
          address,
          e.getMessage());
    }
  }

  private void dispose(Entry gone) {
    String image = gone.nameBehind(IndexKeys.GONE);
    try {
      switch (pool.disposal().dispose(gone)) {
        case REMOVED -> swept.add("image " + image);
        case IN_USE -> kept.add("image " + image + ": somebody has it open");
        case RETIRED -> LOG.debug("image {} goes with the last of its clones", image);
      }
    } catch (IOException e) {
      kept.add("image %s: %s".formatted(image, e.getMessage()));
    }
  }
}
