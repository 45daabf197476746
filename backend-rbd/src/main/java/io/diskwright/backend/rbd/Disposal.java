package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.backend.rbd.ceph.RbdProgress;
import io.diskwright.backend.rbd.ceph.RbdSnapshot;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes images that the index says are to go. Whoever is killed at it, another goes on: an entry
 * goes only when its image has gone. Any thread.
 */
final class Disposal {
  private static final Logger LOG = LoggerFactory.getLogger(Disposal.class);
  private static final String STORAGE_ID = "storage-id";

  private final Supplier<CephPool> pool;
  private final Claims claims;

  /** Takes what tells the pool, each time that it is used. */
  Disposal(Supplier<CephPool> pool, Claims claims) {
    this.pool = pool;
    this.claims = claims;
  }

  /** What became of an image that is to go. */
  enum Result {
    /** It is gone, and its entry with it. */
    REMOVED,
    /** It is in the trash, for disks that depend on it, and goes when they do. */
    RETIRED,
    /** Somebody has it open; it is as it was. */
    IN_USE,
    /** Others have made clones of it, and protect them; it is as it was. */
    HAS_CLONES,
    /** Another is removing it, or has removed it or put it back. */
    TAKEN
  }

  /** Removes an image if it can be removed now, and only logs what fails: a sweep tries again. */
  void tryDispose(Entry gone) {
    try {
      Result result = dispose(gone);
      LOG.debug("{}: {}", gone.key(), result);
    } catch (IOException e) {
      LOG.warn("{} is left to be swept: {}", gone.key(), e.getMessage());
    }
  }

  /** Removes an image as far as it can be removed now, unless another is at it. */
  Result dispose(Entry gone) throws IOException {
    Optional<Claims.Claim> claim = claims.take(gone);
    if (claim.isEmpty()) {
      return Result.TAKEN;
    }
    try (Claims.Claim taken = claim.get()) {
      Optional<StorageId> known = storageId(gone);
      Result result =
          known.isPresent()
              ? dispose(known.get())
              : disposeOfNamed(gone.nameBehind(IndexKeys.GONE));
      if (result == Result.REMOVED) {
        taken.removed();
      }
      return result;
    }
  }

  /** What was published once has its id in the entry; what was not, not. */
  private static Optional<StorageId> storageId(Entry gone) throws IndexFormatException {
    try {
      return Optional.ofNullable(gone.values().get(STORAGE_ID)).map(StorageId::parse);
    } catch (IllegalArgumentException e) {
      throw new IndexFormatException(gone.key(), String.valueOf(e.getMessage()));
    }
  }

  /** The name has been an attempt's: nobody else has it, and no record ever named it. */
  private Result disposeOfNamed(String name) throws IOException {
    String id;
    try (RbdImage image = pool.get().open(name, true)) {
      id = image.id();
    } catch (CephException e) {
      if (e.is(Errno.ENOENT)) {
        return removeHalfMade(name);
      }
      throw e;
    }
    return dispose(new StorageId(name, id));
  }

  /** Of an image whose making was killed there may be parts, which removing it by name removes. */
  private Result removeHalfMade(String name) throws CephException {
    try {
      pool.get().removeImage(name, RbdProgress.NONE);
    } catch (CephException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
    return Result.REMOVED;
  }

  private Result dispose(StorageId image) throws IOException {
    try {
      if (!isNamed(image)) {
        return purge(image);
      }
      Optional<Result> obstacle = removeSnapshots(image);
      if (obstacle.isPresent()) {
        return obstacle.get();
      }
      pool.get().removeImage(image.image(), RbdProgress.NONE);
      return Result.REMOVED;
    } catch (CephException e) {
      return switch (e.errno()) {
        case Errno.ENOENT -> purge(image);
        case Errno.EBUSY -> Result.IN_USE;
        case Errno.ENOTEMPTY -> retire(image);
        default -> throw e;
      };
    }
  }

  /** Returns whether the name still leads to the image of this id. */
  private boolean isNamed(StorageId image) throws CephException {
    try (RbdImage open = pool.get().open(image.image(), true)) {
      return open.id().equals(image.id());
    } catch (CephException e) {
      if (e.is(Errno.ENOENT)) {
        return false;
      }
      throw e;
    }
  }

  /**
   * A snapshot that clones depend on stays for them, under a name of librbd's. Nothing is removed
   * before it is known that nobody else has the image open, and that no clone's snapshot is
   * protected.
   */
  private Optional<Result> removeSnapshots(StorageId image) throws CephException {
    try (RbdImage open = pool.get().openById(image.id(), false)) {
      List<RbdSnapshot> snapshots = userSnapshots(open);
      if (snapshots.isEmpty()) {
        return Optional.empty();
      }
      if (open.watchers().size() > 1) { // we are one
        return Optional.of(Result.IN_USE);
      }
      for (RbdSnapshot snapshot : snapshots) {
        if (snapshot.isProtected() && !unprotect(open, snapshot)) {
          return Optional.of(Result.HAS_CLONES);
        }
      }
      for (RbdSnapshot snapshot : snapshots) {
        open.removeSnapshot(snapshot.name());
      }
      return Optional.empty();
    }
  }

  private static List<RbdSnapshot> userSnapshots(RbdImage image) throws CephException {
    return image.snapshots().stream()
        .filter(snapshot -> snapshot.kind() == RbdSnapshot.Kind.USER)
        .toList();
  }

  private static boolean unprotect(RbdImage image, RbdSnapshot snapshot) throws CephException {
    try {
      image.unprotect(snapshot.name());
      return true;
    } catch (CephException e) {
      if (e.is(Errno.EBUSY)) {
        return false;
      }
      throw e;
    }
  }

  private Result retire(StorageId image) throws IOException {
    try {
      pool.get().trash().move(image.image(), Duration.ZERO);
    } catch (CephException e) {
      if (e.is(Errno.EBUSY)) {
        return Result.IN_USE;
      }
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
    return purge(image);
  }

  /**
   * Removes an image that is in the trash, if nothing depends on it any more. Others than we may
   * have moved it there with its snapshots.
   */
  private Result purge(StorageId image) throws IOException {
    Result result = removeFromTrash(image);
    if (result != Result.RETIRED || !hasSnapshots(image)) {
      return result;
    }
    Optional<Result> obstacle = removeSnapshots(image);
    return obstacle.isPresent() ? obstacle.get() : removeFromTrash(image);
  }

  private Result removeFromTrash(StorageId image) throws IOException {
    try {
      pool.get().trash().remove(image.id(), true, RbdProgress.NONE);
      return Result.REMOVED;
    } catch (CephException e) {
      return switch (e.errno()) {
        case Errno.ENOENT -> requireGone(image);
        case Errno.ENOTEMPTY -> Result.RETIRED;
        case Errno.EBUSY -> Result.IN_USE;
        default -> throw e;
      };
    }
  }

  /** What has no name that we know, and is not in the trash, need not be gone. */
  private Result requireGone(StorageId image) throws IOException {
    try {
      long unused = pool.get().imageSize(image.id());
    } catch (CephException e) {
      if (e.is(Errno.ENOENT)) {
        return Result.REMOVED;
      }
      throw e;
    }
    throw DiskException.of(Reason.CORRUPT, "remove image")
        .resource(image.toString())
        .said("it is there, but neither under its name nor in the trash: somebody has renamed it")
        .remedy("give it its name again with: rbd rename; or remove it: rbd rm")
        .build();
  }

  private boolean hasSnapshots(StorageId image) throws CephException {
    try (RbdImage open = pool.get().openById(image.id(), true)) {
      return !userSnapshots(open).isEmpty();
    } catch (CephException e) {
      if (e.is(Errno.ENOENT)) {
        return false; // another has removed it in the meantime
      }
      throw e;
    }
  }
}
