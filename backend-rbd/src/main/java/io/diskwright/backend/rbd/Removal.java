package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Disposal.Result;
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

/**
 * Removes one image, with one client from its first step to its last: who shuts that one out has
 * ended the removal. Whoever is killed at it, another goes on. One thread.
 */
final class Removal {
  private final CephPool pool;

  Removal(CephPool pool) {
    this.pool = pool;
  }

  /** The name has been an attempt's: nobody else has it, and no record ever named it. */
  Result ofNamed(String name) throws IOException {
    Optional<String> id = idBehind(name);
    return id.isPresent() ? of(new StorageId(name, id.get())) : removeHalfMade(name);
  }

  /** Of an image whose making was killed there may be parts, which removing it by name removes. */
  private Result removeHalfMade(String name) throws CephException {
    try {
      pool.removeImage(name, RbdProgress.NONE);
    } catch (CephException e) {
      if (!e.is(Errno.ENOENT)) {
        throw e;
      }
    }
    return Result.REMOVED;
  }

  Result of(StorageId image) throws IOException {
    try {
      if (!isNamed(image)) {
        return purge(image);
      }
      Optional<Result> obstacle = removeSnapshots(image);
      if (obstacle.isPresent()) {
        return obstacle.get();
      }
      pool.removeImage(image.image(), RbdProgress.NONE);
      return Result.REMOVED;
    } catch (CephException e) {
      return switch (e.errno()) {
        case Errno.ENOENT -> purge(image);
        case Errno.EBUSY -> Result.IN_USE;
        case Errno.ENOTEMPTY -> moveAndPurge(image);
        default -> throw e;
      };
    }
  }

  /**
   * Moves an image to the trash, for others depend on it. Its snapshots stay as they are: one that
   * was removed as well librbd takes away with the last clone, although that may still need it.
   */
  Result retire(StorageId image) throws CephException {
    try {
      Optional<String> named = idBehind(image.image());
      if (named.isEmpty() || named.get().equals(image.id())) {
        moveToTrash(image); // or finishes that, or finds it there
      }
      return Result.RETIRED;
    } catch (CephException e) {
      if (e.is(Errno.EBUSY)) {
        return Result.IN_USE;
      }
      throw e;
    }
  }

  /** Returns whether the name still leads to the image of this id. */
  private boolean isNamed(StorageId image) throws CephException {
    return idBehind(image.image()).equals(Optional.of(image.id()));
  }

  private Optional<String> idBehind(String name) throws CephException {
    try (RbdImage open = pool.open(name, true)) {
      return Optional.of(open.id());
    } catch (CephException e) {
      if (e.is(Errno.ENOENT)) {
        return Optional.empty();
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
    try (RbdImage open = pool.openById(image.id(), false)) {
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

  private Result moveAndPurge(StorageId image) throws IOException {
    try {
      moveToTrash(image);
      return purge(image);
    } catch (CephException e) {
      if (e.is(Errno.EBUSY)) {
        return Result.IN_USE;
      }
      throw e;
    }
  }

  private void moveToTrash(StorageId image) throws CephException {
    try {
      pool.trash().move(image.image(), Duration.ZERO);
    } catch (CephException e) {
      if (!e.is(Errno.ENOENT)) { // else it is there
        throw e;
      }
    }
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
      removeById(image);
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

  private void removeById(StorageId image) throws CephException {
    try {
      pool.trash().remove(image.id(), true, RbdProgress.NONE);
    } catch (CephException e) {
      if (!e.is(Errno.EUCLEAN)) {
        throw e;
      }
      finishMove(image);
      pool.trash().remove(image.id(), true, RbdProgress.NONE);
    }
  }

  /**
   * Who moved it to the trash was killed at that. By its name librbd goes on with the move: when it
   * removes the image, or else moves it, whichever it was moved for.
   */
  private void finishMove(StorageId image) throws CephException {
    try {
      pool.removeImage(image.image(), RbdProgress.NONE);
    } catch (CephException e) {
      if (!e.is(Errno.ENOENT, Errno.ENOTEMPTY)) {
        throw e;
      }
      moveToTrash(image);
    }
  }

  /** What has no name that we know, and is not in the trash, need not be gone. */
  private Result requireGone(StorageId image) throws IOException {
    try {
      long unused = pool.imageSize(image.id());
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
    try (RbdImage open = pool.openById(image.id(), true)) {
      return !userSnapshots(open).isEmpty();
    } catch (CephException e) {
      if (e.is(Errno.ENOENT)) {
        return false; // another has removed it in the meantime
      }
      throw e;
    }
  }
}
