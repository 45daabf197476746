package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephException;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who removes what is to go. Of all threads and clients only one may at a time: of an image that
 * two remove at once librbd leaves parts that nobody can remove any more. A claim is its session's,
 * and goes with it. Any thread.
 */
final class Claims {
  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
  private static final String SWEEPER = "sweeper";
  private static final String CLAIM = "claim";

  private static final int MOST_TRIES = 3;

  private final Index index;
  private final Session session;
  private final String ours = UUID.randomUUID() + "/";
  private final Set<String> underWay = ConcurrentHashMap.newKeySet();

  Claims(Index index, Session session) {
    this.index = index;
    this.session = session;
  }

  /** Returns whether a session has claims. */
  static boolean areOf(Index index, Entry session) throws CephException {
    String of = '\n' + SWEEPER + '=' + session.nameBehind(IndexKeys.SESSIONS) + '\n';
    return index.list(IndexKeys.GONE).stream().anyMatch(gone -> gone.text().contains(of));
  }

  /** Takes what is to go for oneself; empty when another has taken it, or removed it. */
  Optional<Claim> take(Entry gone) throws IOException {
    SortedMap<String, String> values = gone.values();
    if (isTaken(values)) {
      return Optional.empty();
    }
    values.remove(SWEEPER);
    values.remove(CLAIM);
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Entry owner = session.entry();
      Optional<Claim> claim = take(gone, values, owner);
      if (claim.isPresent() || index.find(owner.key()).filter(owner::equals).isPresent()) {
        return claim;
      }
      session.forget(owner); // it was swept
    }
    return Optional.empty();
  }

  private Optional<Claim> take(Entry gone, SortedMap<String, String> free, Entry owner)
      throws IOException {
    String id = ours + UUID.randomUUID();
    SortedMap<String, String> values = new TreeMap<>(free);
    values.put(SWEEPER, owner.nameBehind(IndexKeys.SESSIONS));
    values.put(CLAIM, id);
    Entry taken = Index.entry(gone.key(), values);
    boolean made = false;
    underWay.add(id);
    try {
      made = index.change().ifStill(owner).ifStill(gone).set(taken).make();
    } finally {
      if (!made) {
        underWay.remove(id);
      }
    }
    return made
        ? Optional.of(new Claim(taken, Index.entry(gone.key(), free), id))
        : Optional.empty();
  }

  /**
   * Returns whether somebody may be removing it: who has taken it has not given it back, and lives
   * as far as is known. What we have taken ourselves we know.
   */
  private boolean isTaken(SortedMap<String, String> values) throws IOException {
    String claim = values.getOrDefault(CLAIM, "");
    if (claim.startsWith(ours)) {
      return underWay.contains(claim);
    }
    String sweeper = values.get(SWEEPER);
    return sweeper != null && index.find(IndexKeys.session(sweeper)).isPresent();
  }

  /** What one thread removes. */
  final class Claim implements AutoCloseable {
    private final Entry taken;
    private final Entry free;
    private final String id;
    private boolean removed;

    private Claim(Entry taken, Entry free, String id) {
      this.taken = taken;
      this.free = free;
      this.id = id;
    }

    /** Takes it out of the index: it is gone. */
    void removed() throws IOException {
      boolean unused = index.change().ifStill(taken).remove(taken.key()).make();
      removed = true;
    }

    /** Gives it back, unless it is gone; else we take it again ourselves, or who sweeps us does. */
    @Override
    public void close() {
      try {
        if (!removed) {
          boolean unused = index.change().ifStill(taken).set(free).make();
        }
      } catch (IOException e) {
        LOG.warn("{} stays taken: {}", taken.key(), e.getMessage());
      } finally {
        underWay.remove(id);
      }
    }
  }
}
