package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.lvm2.Volume;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.pool.Reservation;
import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One try at making a volume. Closing it before that is finished removes the volume.
 *
 * <p>While it is open it holds a lock on a file of the pool's folder, which says that it is alive.
 */
final class Attempt implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Attempt.class);
  private static final SecureRandom RANDOM = new SecureRandom();

  /** A failure is not told much later than it came. */
  static final Duration CLEARING = Duration.ofSeconds(10);

  private final LvmPool pool;
  private final String id;
  private final NativeFile lock;
  private @Nullable String volume;
  private boolean finished;
  private @Nullable Reservation reservation;

  private Attempt(LvmPool pool, String id, NativeFile lock) {
    this.pool = pool;
    this.id = id;
    this.lock = lock;
  }

  static Attempt begin(LvmPool pool) throws IOException {
    while (true) {
      String id = "%016x".formatted(RANDOM.nextLong());
      NativeFile lock = NativeFile.createNew(pool.folder().attempt(id), 0600);
      try {
        if (lock.tryLock(0, 1, true) && lock.stat().links() > 0) {
          return new Attempt(pool, id, lock);
        }
      } catch (IOException | RuntimeException e) {
        lock.close();
        throw e;
      }
      lock.close(); // a sweeper came between
    }
  }

  /** Returns the name of a volume of its own, for what gets its name last. */
  String scratch() {
    return Volumes.NEW + id;
  }

  /**
   * Says that its volume may be there from now on.
   *
   * @param name the volume's name
   * @param size how large it is when it is whole
   * @return the tag that it is to be made with
   */
  String begins(String name, long size) {
    volume = name;
    return new AttemptTag(AttemptTag.Kind.NEW, pool.folder().id(), id, size).text();
  }

  /**
   * Gives {@link #scratch} the name under which it is found.
   *
   * @throws DiskException with reason {@code IO_ERROR}, besides, when that is taken
   */
  void publish(String name, Call call) throws DiskException {
    try {
      pool.group().rename(scratch(), name, call);
    } catch (DiskException e) {
      LvmPool.requireRefused(e);
      if (pool.volume(name, call).filter(this::made).isEmpty()) {
        throw e;
      }
    }
    finished();
  }

  /** Returns the name of a volume that nobody finds any more, and that is to be wiped. */
  String gone() {
    return Volumes.GONE + id;
  }

  /** Returns the name of a volume that takes a disk's place. */
  String replacement() {
    return Volumes.BACK + id;
  }

  /** Says that {@link #replacement} may be there from now on; returns its tag. */
  String replaces() {
    volume = replacement();
    return new AttemptTag(AttemptTag.Kind.BACK, pool.folder().id(), id, 0).text();
  }

  /** Says that its volume is whole, and has its name. */
  void finished() {
    finished = true;
  }

  /** Returns whether it has made a volume. */
  boolean made(Volume other) {
    return AttemptTag.of(AttemptTag.Kind.NEW, other)
        .filter(tag -> tag.attempt().equals(id))
        .isPresent();
  }

  /** Reserves space for it, until it ends. */
  void reserve(long bytes, Call call) throws IOException {
    if (reservation == null) {
      reservation = pool.reservations().reserve(scratch(), bytes, call);
    }
  }

  /** What cannot be cleared away now is left to be swept. */
  @Override
  public void close() {
    boolean left = volume != null && !finished;
    try {
      try (lock) {
        if (!left) {
          Files.deleteIfExists(lock.path());
        }
      }
      if (left) {
        pool.sweep(Call.within(CLEARING));
      }
    } catch (IOException e) {
      LOG.warn("attempt {} is left to be swept: {}", id, e.getMessage());
    } finally {
      closeReservation();
    }
  }

  private void closeReservation() {
    if (reservation != null) {
      try {
        reservation.close();
      } catch (IOException e) {
        LOG.warn("what {} has reserved is left to be swept: {}", volume, e.getMessage());
      }
    }
  }
}
