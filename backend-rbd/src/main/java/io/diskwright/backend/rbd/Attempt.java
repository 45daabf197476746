package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Change;
import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One call's own image, whose name is in the index before the image is there. Publishing takes that
 * name away in the same step, so that what has been swept is never published. One thread.
 */
final class Attempt implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final int RANDOM_BYTES = 8;
  private static final int MOST_TRIES = 3;
  private static final String SESSION = "session";
  private static final String RESERVED = "reserved";

  private final Index index;
  private final Disposal disposal;
  private final String image;
  private Entry entry;
  private boolean settled;

  private Attempt(Index index, Disposal disposal, String image, Entry entry) {
    this.index = index;
    this.disposal = disposal;
    this.image = image;
    this.entry = entry;
  }

  /**
   * Begins one.
   *
   * @param name what the image's name begins with, for people who list images
   */
  static Attempt begin(Index index, Session session, Disposal disposal, String name)
      throws IOException {
    byte[] random = new byte[RANDOM_BYTES];
    RANDOM.nextBytes(random);
    String image = name + '.' + HexFormat.of().formatHex(random);
    for (int tries = 0; tries < MOST_TRIES; tries++) {
      Entry owner = session.entry();
      Map<String, String> values = new TreeMap<>();
      values.put(SESSION, owner.nameBehind(IndexKeys.SESSIONS));
      values.put("started", Instant.now().toString());
      Entry entry = Index.entry(IndexKeys.attempt(image), values);
      if (index.change().ifStill(owner).ifAbsent(entry.key()).set(entry).make()) {
        return new Attempt(index, disposal, image, entry);
      }
      session.forget(owner); // it was swept
    }
    throw DiskException.of(Reason.UNAVAILABLE, "begin image")
        .said("each session of this client was swept as one of a client that died")
        .remedy("look whether this host is paused for long, and try again")
        .build();
  }

  /** Returns whether a session has attempts. */
  static boolean areOf(Index index, Entry session) throws CephException {
    String id = session.nameBehind(IndexKeys.SESSIONS);
    return index.list(IndexKeys.ATTEMPTS).stream().anyMatch(entry -> isOf(entry, id));
  }

  /** Returns whether an attempt's entry is of a session. */
  static boolean isOf(Entry attempt, String session) {
    return attempt.text().contains('\n' + SESSION + '=' + session + '\n');
  }

  /** Returns how many bytes other attempts have reserved. */
  long reservedByOthers() throws IOException {
    long sum = 0;
    for (Entry other : index.list(IndexKeys.ATTEMPTS)) {
      if (!other.key().equals(entry.key())) {
        sum += Long.parseLong(other.values().getOrDefault(RESERVED, "0"));
      }
    }
    return sum;
  }

  /** Tells others how many bytes this attempt is going to take; until it is published or closed. */
  void reserve(long bytes) throws IOException {
    Map<String, String> values = new TreeMap<>(entry.values());
    values.put(RESERVED, Long.toString(bytes));
    Entry reserved = Index.entry(entry.key(), values);
    if (!index.change().ifStill(entry).set(reserved).make()) {
      throw swept();
    }
    entry = reserved;
  }

  /** Returns the image's name, which nobody else has. */
  String image() {
    return image;
  }

  /**
   * Publishes a record of the image, unless there is one by its key.
   *
   * @param record the record
   * @param besides what is set in the same step
   * @return whether it was published; false when the key is taken
   * @throws DiskException with reason {@code OUTCOME_UNKNOWN} when the cluster does not say
   */
  boolean publish(Entry record, Optional<Entry> besides) throws IOException {
    while (true) {
      try {
        Change change =
            index.change().ifStill(entry).ifAbsent(record.key()).set(record).remove(entry.key());
        besides.ifPresent(change::set);
        settled = change.make();
        if (settled) {
          return true;
        }
      } catch (CephException e) {
        if (!e.is(Errno.ETIMEDOUT)) {
          throw e;
        }
        return settle(record, e);
      }
      Map<String, Entry> there = index.find(List.of(entry.key(), record.key()));
      if (!entry.equals(there.get(entry.key()))) {
        throw swept();
      }
      if (there.containsKey(record.key())) {
        return false;
      }
    }
  }

  /** Returns what its maker is told whose image was taken for that of a client that died. */
  DiskException swept() {
    return DiskException.of(Reason.UNAVAILABLE, "publish image")
        .said("it was swept: this client gave no sign of life for longer than its lease")
        .remedy("try again; if it fails again, look whether this host is paused for long")
        .build();
  }

  /**
   * The change may still happen, unless the attempt's own key goes first: then it never will. If
   * the key is gone already, the record tells who was first.
   */
  private boolean settle(Entry record, CephException cause) throws IOException {
    Optional<Entry> there;
    try {
      if (index.change().ifStill(entry).set(gone()).remove(entry.key()).make()) {
        throw DiskException.of(Reason.UNAVAILABLE, "publish image")
            .said("it was not published: " + cause.getMessage())
            .remedy("look at 'ceph -s', and try again when the cluster is well")
            .cause(cause)
            .build();
      }
      there = index.find(record.key());
      settled = there.isPresent();
    } catch (CephException e) {
      settled = true;
      throw DiskException.of(Reason.OUTCOME_UNKNOWN, "publish image")
          .said("the cluster did not say whether it was published: " + cause.getMessage())
          .remedy("ask whether it is there, or try again: what was published is found")
          .cause(cause)
          .build();
    }
    if (there.isEmpty()) {
      throw swept();
    }
    return there.get().equals(record);
  }

  private Entry gone() {
    return new Entry(IndexKeys.gone(image), entry.text());
  }

  /**
   * Removes the image, unless it was published; what cannot be removed is left to be swept. An
   * attempt that was swept already may have been so before there was an image.
   */
  @Override
  public void close() {
    if (settled) {
      return;
    }
    try {
      Optional<Entry> now = index.find(entry.key()); // a change that timed out may have happened
      Change change = index.change();
      if (now.isPresent()) {
        change.ifStill(now.get()).remove(entry.key());
      } else {
        change.ifAbsent(gone().key());
      }
      boolean unused = change.set(gone()).make();
      index.find(gone().key()).ifPresent(disposal::tryDispose);
    } catch (IOException e) {
      LOG.warn("image {} is left to be swept: {}", image, e.getMessage());
    }
  }
}
