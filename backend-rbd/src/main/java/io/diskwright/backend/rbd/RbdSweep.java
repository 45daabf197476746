package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.LockRequest;
import io.diskwright.backend.rbd.ceph.ObjectWrite;
import io.diskwright.spi.backend.Recovery;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Clears up after clients that died: whose session's lease has lapsed, by the cluster's clock.
 * First the session ends, so that nothing more is begun under it; then its client is shut out, so
 * that one that was only paused writes no more; then what it was making is taken out of the index,
 * so that it is never published; then the images go. One thread.
 */
final class RbdSweep {
  private static final Logger LOG = LoggerFactory.getLogger(RbdSweep.class);
  private static final Duration SHUT_OUT = Duration.ofDays(1);

  private static final String ENDED = "ended";

  private final RbdPool pool;
  private final Index index;
  private final Disposal disposal;
  private final Gate gate;
  private final List<String> swept = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  RbdSweep(RbdPool pool, Gate gate) {
    this.pool = pool;
    this.index = pool.index();
    this.disposal = pool.disposal();
    this.gate = gate;
  }

  Recovery run() throws IOException {
    for (Entry session : index.list(IndexKeys.SESSIONS)) {
      gate.check();
      trySweep(session);
    }
    disposeOfAll();
    return new Recovery(swept, List.of(), kept);
  }

  /** One session that cannot be swept now does not keep the others from being swept. */
  private void trySweep(Entry session) {
    try {
      sweep(session);
    } catch (IOException e) {
      kept.add("session %s: %s".formatted(session.key(), e.getMessage()));
    }
  }

  /** Who sweeps a session holds its lock meanwhile: a client that lives holds it itself. */
  private void sweep(Entry session) throws IOException {
    String object = Session.object(session.nameBehind(IndexKeys.SESSIONS));
    String cookie = "sweep " + UUID.randomUUID();
    try {
      pool.images()
          .lock(
              object,
              new LockRequest(
                  Session.LOCK, cookie, Client.name(), "", true, pool.settings().lease(), false));
    } catch (CephException e) {
      if (e.is(Errno.EBUSY)) {
        return; // it lives, or another sweeps it
      }
      throw e;
    }
    Optional<Entry> ended = end(session);
    if (ended.isEmpty()) {
      removeObject(object, cookie); // it has ended by itself, and had removed it before
      return;
    }
    boolean removing = Claims.areOf(index, ended.get());
    boolean shutOut = false;
    if (removing || Attempt.areOf(index, ended.get())) {
      shutOut = shutOut(ended.get());
      moveAttempts(ended.get());
    }
    removeObject(object, cookie);
    if (removing && !shutOut) { // it may be at it yet, and its claims stay with the session
      keep("session %s: its client may be removing images yet".formatted(session.key()));
      return;
    }
    boolean unused = index.change().ifStill(ended.get()).remove(session.key()).make();
  }

  /** From here on the session's client begins nothing under it, and cannot renew it. */
  private Optional<Entry> end(Entry session) throws IOException {
    SortedMap<String, String> values = session.values();
    if (values.containsKey(ENDED)) {
      return Optional.of(session);
    }
    values.put(ENDED, Instant.now().toString());
    Entry ended = Index.entry(session.key(), values);
    return index.change().ifStill(session).set(ended).make()
        ? Optional.of(ended)
        : Optional.empty();
  }

  /**
   * Moves what the session was making to what is to go; what changes just then is read again. Its
   * client is shut out, and begins no more.
   */
  private void moveAttempts(Entry session) throws IOException {
    String id = session.nameBehind(IndexKeys.SESSIONS);
    List<Entry> attempts;
    do {
      gate.check();
      attempts =
          index.list(IndexKeys.ATTEMPTS).stream().filter(entry -> Attempt.isOf(entry, id)).toList();
      for (Entry attempt : attempts) {
        String image = attempt.nameBehind(IndexKeys.ATTEMPTS);
        Entry gone = new Entry(IndexKeys.gone(image), attempt.text());
        boolean unused = index.change().ifStill(attempt).set(gone).remove(attempt.key()).make();
      }
    } while (!attempts.isEmpty());
  }

  private void removeObject(String object, String cookie) throws CephException {
    try {
      pool.images().write(ObjectWrite.on(object).assertLocked(Session.LOCK, cookie).remove());
    } catch (CephException e) {
      if (!e.is(Errno.EBUSY, Errno.ENOENT)) { // then another goes on with it, or has
        throw e;
      }
    }
  }

  /**
   * A client that holds another session lives, and so does this one itself: what they watch stays.
   * Returns false for those, and for one that this client has no right to shut out.
   */
  private boolean shutOut(Entry session) throws IOException {
    String address = session.values().getOrDefault(Session.ADDRESS, "");
    if (address.equals(pool.connection().cluster().address()) || livesOn(address)) {
      return false;
    }
    try {
      pool.connection().cluster().blocklist(address, SHUT_OUT);
    } catch (CephException e) {
      if (!e.is(Errno.EACCES, Errno.EPERM)) {
        throw e;
      }
      LOG.warn(
          "client {} cannot be shut out, so its images go when it watches them no more, and what it"
              + " was removing stays; grant the capability mon 'profile rbd', and recover again: {}",
          address,
          e.getMessage());
      return false;
    }
    return true;
  }

  private boolean livesOn(String address) throws IOException {
    for (Entry other : index.list(IndexKeys.SESSIONS)) {
      SortedMap<String, String> values = other.values();
      String object = Session.object(other.nameBehind(IndexKeys.SESSIONS));
      if (address.equals(values.get(Session.ADDRESS))
          && !values.containsKey(ENDED)
          && !pool.images().lockers(object, Session.LOCK).all().isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** Removes what can be removed; what was kept by its clones may go when they have gone. */
  private void disposeOfAll() throws IOException {
    boolean removed;
    do {
      removed = false;
      for (Entry gone : index.list(IndexKeys.GONE)) {
        gate.check();
        removed |= dispose(gone);
      }
    } while (removed && !index.list(IndexKeys.GONE).isEmpty());
  }

  private boolean dispose(Entry gone) {
    String image = gone.nameBehind(IndexKeys.GONE);
    try {
      Disposal.Result result = disposal.dispose(gone);
      switch (result) {
        case REMOVED -> swept.add("image " + image);
        case IN_USE -> keep("image " + image + ": somebody has it open");
        case HAS_CLONES -> keep("image " + image + ": others have made clones of it");
        case RETIRED -> LOG.debug("image {} goes with the last of its clones", image);
        case TAKEN -> keep("image " + image + ": another client is removing it");
      }
      return result == Disposal.Result.REMOVED;
    } catch (IOException e) {
      keep("image %s: %s".formatted(image, e.getMessage()));
      return false;
    }
  }

  private void keep(String what) {
    if (!kept.contains(what)) {
      kept.add(what);
    }
  }
}
