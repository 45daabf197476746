package io.diskwright.toolkit.pool;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Who has reserved how much of a storage, across the threads and processes of a host; any thread.
 *
 * <p>Of what was reserved counts what its target does not take yet, because what it takes is not
 * free any more. Reserving saves work and proves nothing: others, who reserve nothing, may fill the
 * storage at any time.
 */
public final class Reservations {
  private static final LockKey LOCK = new LockKey(LockKey.Scope.SPACE, "reservations");

  /** What was removed a moment ago may not be free yet, as on XFS; so a refusal is not hasty. */
  private static final int MOST_LOOKS = 10;

  private static final long PAUSE_NANOS = 20_000_000;

  private final Path folder;
  private final LockManager locks;
  private final Storage storage;
  private final long keepFree;

  /** What space is reserved on. */
  public interface Storage {
    /**
     * Returns how many bytes new data may take.
     *
     * @throws IOException when it could not be asked
     */
    long free() throws IOException;

    /**
     * Returns how many bytes a target takes, 0 when it is not there.
     *
     * @param target as it was given to {@link #reserve}
     * @throws IOException when it could not be asked
     */
    long taken(String target) throws IOException;
  }

  /**
   * Opens a folder of reservations.
   *
   * @param folder a folder that is there and that nothing else is in
   * @param locks the pool's locks, for the one of {@link LockKey.Scope#SPACE}
   * @param storage what space is reserved on
   * @param keepFree how many bytes of it are given to nobody
   */
  public Reservations(Path folder, LockManager locks, Storage storage, long keepFree) {
    this.folder = folder;
    this.locks = locks;
    this.storage = storage;
    this.keepFree = keepFree;
  }

  /**
   * Reserves space.
   *
   * @param target who takes it: words that {@link Storage#taken} understands
   * @param bytes how many bytes it will take at the most
   * @param call ends the wait for others who reserve
   * @return what is reserved until it is closed
   * @throws DiskException with reason {@code NO_SPACE} when there are not so many left, {@code
   *     UNAVAILABLE} or {@code CANCELLED}
   * @throws IOException when the folder or the storage fails
   */
  @SuppressWarnings("try") // the lease is held, not used
  public Reservation reserve(String target, long bytes, Call call) throws IOException {
    for (int looks = 1; ; looks++) {
      try (Lease lease = locks.acquire(LOCK, LockMode.EXCLUSIVE, call)) {
        List<String> unused = sweep();
        long reserved = reserved(); // before what is free: what is written in between counts twice
        long free = storage.free();
        if (bytes <= Math.max(0, free - reserved) - keepFree) {
          return Reservation.make(folder, new Reservation.Space(bytes, target));
        }
        if (looks == MOST_LOOKS) {
          throw noSpace(bytes, free, reserved);
        }
      }
      call.check("reserve space");
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private DiskException noSpace(long bytes, long free, long reserved) {
    return DiskException.of(Reason.NO_SPACE, "reserve space")
        .said(
            "it needs %d bytes; of %d that are free %d are reserved by others and %d are kept free"
                .formatted(bytes, free, reserved, keepFree))
        .remedy("free space there, lower the pool's keep-free, or choose another pool")
        .build();
  }

  /**
   * Returns how many bytes are reserved and not taken yet.
   *
   * @throws IOException when the folder or the storage fails
   */
  public long reserved() throws IOException {
    long reserved = 0;
    for (Path file : files()) {
      Optional<Reservation.Space> space = ifThere(file, Reservation::read).flatMap(read -> read);
      if (space.isPresent() && space.get().bytes() > 0) {
        reserved += Math.max(0, space.get().bytes() - storage.taken(space.get().target()));
      }
    }
    return reserved;
  }

  /**
   * Removes what was reserved by processes that have ended, which does not count anyhow.
   *
   * @return what was removed, as words for a person
   * @throws IOException when the folder fails
   */
  public List<String> sweep() throws IOException {
    List<String> swept = new ArrayList<>();
    for (Path file : files()) {
      if (ifThere(file, Reservation::removeIfDead).orElse(false)) {
        swept.add(file.toString());
      }
    }
    return swept;
  }

  /**
   * Something that is done with a reservation.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  private interface Look<T> {
    T at(Path file) throws IOException;
  }

  private static <T> Optional<T> ifThere(Path file, Look<T> look) throws IOException {
    try {
      return Optional.of(look.at(file));
    } catch (OsException e) {
      if (e.errno() == Errno.ENOENT) { // it was given back in the meantime
        return Optional.empty();
      }
      throw e;
    }
  }

  private List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
      entries.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }
}
