package io.diskwright.spi.backend;

import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.HasDependentsException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.Location;
import io.diskwright.spi.lock.LockManager;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One opened pool of a kind of storage; any thread, until it is closed.
 *
 * <p>Core checks names and sizes, takes the locks (in the order disk, base, fill, space), decides
 * what to do and brings the bytes. A backend knows its storage. It keeps the promises that the
 * package describes, and keeps them without the locks: each attempt writes a target of its own, and
 * publishing a record is one atomic operation of the storage that never replaces a record.
 *
 * <p>After {@link #close}, every call throws {@link IllegalStateException}. A question that may be
 * answered no returns an {@link Answer}; it throws only when it could not be asked. Besides the
 * reasons that a method names, each may throw a {@link DiskException} with reason {@code
 * UNAVAILABLE} when the storage does not answer within the call's deadline, {@code OUTCOME_UNKNOWN}
 * when that happens to a change, {@code CANCELLED}, {@code PERMISSION_DENIED}, {@code CORRUPT} when
 * something on the storage is not what its record says, {@code IO_ERROR}, and {@code INTERNAL} for
 * what nobody mapped.
 */
public interface ImageBackend extends AutoCloseable {
  /** Returns what the pool's marker says, as read when the pool was opened. */
  PoolIdentity identity();

  /**
   * Returns the pool's lock manager; core takes all locks but that of space, which a backend takes
   * while it reserves.
   */
  LockManager locks();

  /**
   * Returns the formats in which this pool keeps bases, the one wanted most first; a constant of
   * the opened pool.
   *
   * <p>An image that comes in one of them is kept as it comes; any other is converted to the first.
   */
  List<DiskFormat> baseFormats();

  /**
   * Returns a local folder on the pool's own storage, in which core may keep a file without a name
   * while it fills a base; empty when there is none. A constant of the opened pool.
   */
  default Optional<Path> spoolFolder() {
    return Optional.empty();
  }

  /**
   * Tells whether {@link LocationCloning} can make a disk from a location without copying.
   *
   * @param image the image
   * @param location one of its locations
   * @param call deadline and cancellation
   * @return yes, or no with the reason: not an address of this storage, another cluster, not raw,
   *     not readable
   * @throws DiskException when it could not be asked
   */
  Answer supportsClone(Image image, Location location, Call call) throws DiskException;

  /**
   * Finds a base.
   *
   * @param key its key
   * @param call deadline and cancellation
   * @return its record when it is complete and published (promise P1)
   * @throws DiskException when it could not be asked
   */
  Optional<BaseRecord> findBase(BaseKey key, Call call) throws DiskException;

  /**
   * Fills and publishes a base.
   *
   * <p>Makes an attempt of its own, has {@code fill} write into its sink, and publishes the record
   * with the fill's proof, as one atomic operation that never replaces (promise P3). If somebody
   * else has published the same key first, throws its own attempt away and returns what is there.
   * Whatever fails leaves no base, and its attempt is removed or left to be swept (promise P10).
   * Core holds the base's lock, exclusively.
   *
   * @param request what is asked
   * @param fill writes and verifies the bytes; called once, in this thread, or not at all when the
   *     base is there already
   * @param call deadline, cancellation, progress
   * @return the record of the base that is published now, durable (promise P13) and immutable
   *     (promise P4)
   * @throws DiskException with reason {@code NO_SPACE}, or what {@code fill} threw, unchanged
   */
  BaseRecord cache(BaseRequest request, Fill fill, Call call) throws DiskException;

  /**
   * Returns the ways in which this pool makes a disk from a base, the fastest first; {@link
   * #createImage} takes the first that works. Changes nothing on the storage.
   *
   * @throws DiskException when it could not be asked
   */
  List<Way> ways() throws DiskException;

  /**
   * Makes a disk from a base, at the size asked for, and publishes its record.
   *
   * <p>By the fastest means the storage has: overlay, reflink, snapshot, clone; a full copy only
   * when nothing else works. The disk reads as the base's content, then zeros (promise P5). Atomic:
   * ended at any instant, there is the whole disk or none. Core holds the disk's lock exclusively;
   * of the base it may hold none, so that it may be evicted meanwhile.
   *
   * @param request what is asked; its size is at least the base's virtual size
   * @param base a base of this pool
   * @param call deadline, cancellation, progress
   * @return the disk's record, and how it was made
   * @throws DiskException with reason {@code ALREADY_EXISTS} when the name was taken in the
   *     meantime (promise P2), {@code NOT_FOUND} when the base is gone, {@code NO_SPACE}
   */
  Created createImage(DiskRequest request, BaseRecord base, Call call) throws DiskException;

  /**
   * Makes a disk that reads as zeros and publishes its record; else as {@link #createImage}.
   *
   * @param request what is asked
   * @param call deadline, cancellation, progress
   * @return the disk's record, and how it was made
   * @throws DiskException with reason {@code ALREADY_EXISTS} or {@code NO_SPACE}
   */
  Created createBlank(DiskRequest request, Call call) throws DiskException;

  /**
   * Tells whether a disk of a size can be made from a base of a virtual size on this storage.
   *
   * <p>Asked as early as the virtual size is known: of what the image source declares, of what
   * inspection finds, and of a base's record. It contacts no storage.
   *
   * @param virtualSize the base's guest-visible size in bytes, more than 0
   * @param size the size that is asked for in bytes, more than 0
   * @return yes, or no with the reason, which names both sizes
   */
  Answer verifyBaseSize(long virtualSize, long size);

  /**
   * Grows a disk; the new range reads as zeros and old data stays (promise P5).
   *
   * <p>Growing to the size that it has does nothing. A storage that can only be grown by the
   * machine that has it open leaves the disk as it is and says what the machine must be told
   * (promise P12).
   *
   * @param name the disk
   * @param size the new size in bytes, a positive multiple of 512
   * @param call deadline, cancellation, progress
   * @return the disk as it is now, and what a running machine must be told
   * @throws DiskException with reason {@code NOT_FOUND}, {@code INVALID_REQUEST} when {@code size}
   *     is smaller than the disk, {@code IN_USE}, {@code NO_SPACE}
   */
  Resized resize(DiskName name, long size, Call call) throws DiskException;

  /**
   * Finds a disk.
   *
   * @param name its name
   * @param call deadline and cancellation
   * @return its record, with the size that the storage has now, when it is complete and published
   *     (promise P1)
   * @throws DiskException when it could not be asked
   */
  Optional<DiskRecord> find(DiskName name, Call call) throws DiskException;

  /**
   * Lists the disks, by name; only what is complete (promise P1).
   *
   * @param call deadline and cancellation
   * @throws DiskException when it could not be asked
   */
  List<DiskRecord> list(Call call) throws DiskException;

  /**
   * Deletes a disk: its record first, then its data.
   *
   * @param name the disk
   * @param call deadline, cancellation, progress
   * @return whether it was there; deleting what is not there succeeds (promise P2)
   * @throws DiskException with reason {@code IN_USE} or {@code HAS_DEPENDENTS}
   */
  boolean delete(DiskName name, Call call) throws DiskException;

  /**
   * Tells how a machine reaches a disk; contacts nobody but this storage, and asks that only for
   * what the record does not tell.
   *
   * @param disk the disk, as this pool has found or made it
   * @param call deadline and cancellation
   * @throws DiskException with reason {@code NOT_FOUND} when it is seen that it has been deleted
   *     since; no backend has to look
   */
  Attachment attachment(DiskRecord disk, Call call) throws DiskException;

  /**
   * Lists the bases, oldest first; only what is complete (promise P1).
   *
   * @param call deadline and cancellation
   * @throws DiskException when it could not be asked
   */
  List<BaseRecord> bases(Call call) throws DiskException;

  /**
   * Lists the disks that depend on a base, by what the storage says, not by records.
   *
   * @param key the base
   * @param call deadline and cancellation
   * @return their names; empty when disks of this storage do not depend on bases
   * @throws DiskException when it could not be asked
   */
  List<DiskName> users(BaseKey key, Call call) throws DiskException;

  /**
   * Takes a base out of the cache (promise P4). Core holds the base's lock exclusively.
   *
   * <p>A storage on which a base can be let go while disks still live on it retires it: it is found
   * no more, and its bytes go with the last of its disks. Any other refuses.
   *
   * @param key the base
   * @param call deadline, cancellation, progress
   * @return what became of it
   * @throws DiskException with reason {@code HAS_DEPENDENTS}, which names the disks
   */
  Eviction evict(BaseKey key, Call call) throws DiskException;

  /**
   * Takes many bases out of the cache, as {@link #evict} does, in as few steps as the storage has.
   * Core holds the locks of all of them exclusively.
   *
   * @param keys the bases
   * @param call deadline, cancellation, progress
   * @return what became of each: {@link Eviction#IN_USE} where {@code evict} refuses
   * @throws DiskException when it fails in between; then each base is gone or there, none half
   */
  default Map<BaseKey, Eviction> evictAll(Set<BaseKey> keys, Call call) throws DiskException {
    Map<BaseKey, Eviction> became = new HashMap<>();
    for (BaseKey key : keys) {
      call.check("evict bases");
      try {
        became.put(key, evict(key, call));
      } catch (HasDependentsException e) {
        became.put(key, Eviction.IN_USE);
      }
    }
    return became;
  }

  /**
   * Tells of every base how much it takes up, when it was last used and by which disks; as the
   * storage says, not records. As current as it was when it was asked.
   *
   * @param call deadline, cancellation, progress
   * @return one for each of {@link #bases}, in their order
   * @throws DiskException when it could not be asked
   */
  List<BaseUsage> baseUsage(Call call) throws DiskException;

  /**
   * Keeps a base from being pruned, or lets it be; does nothing when it is so already. Survives
   * everything but the base's eviction. Core holds the base's lock exclusively.
   *
   * @param key the base
   * @param pinned whether it is to be pinned
   * @param call deadline, cancellation, progress
   * @throws DiskException with reason {@code NOT_FOUND}
   */
  void pin(BaseKey key, boolean pinned, Call call) throws DiskException;

  /**
   * Puts down anew what has been verified of a base, in one atomic step that is durable when this
   * returns (promise P13); everything else about the base stays as it is. Core holds the base's
   * lock exclusively.
   *
   * @param base a base of this pool
   * @param proof what has been verified of it now
   * @param call deadline, cancellation, progress
   * @return its record as it is now
   * @throws DiskException with reason {@code NOT_FOUND} when it is gone, or another base has its
   *     key; then nothing has changed
   */
  BaseRecord reverified(BaseRecord base, FillProof proof, Call call) throws DiskException;

  /**
   * Opens a base's bytes, laid out in its format, for reading; core holds no lock meanwhile.
   *
   * @param base a base of this pool
   * @param call deadline and cancellation; the deadline bounds each read of the bytes, too
   * @return its bytes, {@link BaseRecord#length} of them, which the caller closes
   * @throws DiskException with reason {@code NOT_FOUND} when it is gone
   */
  Content openBase(BaseRecord base, Call call) throws DiskException;

  /**
   * Sweeps what calls left behind that were killed (promise P10).
   *
   * <p>An attempt is left behind when it has no live writer, as the storage tells it: never by its
   * name or its age alone. Whatever is published, or has a live writer, stays as it is. May run
   * while others use the pool; core holds no lock.
   *
   * @param call deadline, cancellation, progress
   * @return what was swept, restored and kept
   * @throws DiskException when it could not be looked for
   */
  Recovery recover(Call call) throws DiskException;

  /**
   * Returns how full the storage is.
   *
   * @param call deadline and cancellation
   * @throws DiskException when it could not be asked
   */
  PoolUsage usage(Call call) throws DiskException;

  /**
   * Looks whether everything that the pool needs is there: tools, rights, space, features.
   *
   * @param call deadline, cancellation, progress
   * @return what was looked at, good and bad
   * @throws DiskException only when it could not be looked at all
   */
  List<Finding> check(Call call) throws DiskException;

  /**
   * Hands out what not every storage can do.
   *
   * @param type the facet
   * @return the facet, or empty when this pool does not offer it; the same answer for the life of
   *     the pool
   */
  <F extends Facet> Optional<F> facet(Class<F> type);

  /**
   * Closes what the pool holds open; does nothing the second time. Calls that are under way end
   * with reason {@code CANCELLED} or finish.
   */
  @Override
  void close() throws DiskException;
}
