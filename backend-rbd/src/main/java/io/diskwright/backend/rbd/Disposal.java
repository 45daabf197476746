package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephPool;
import java.io.IOException;
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

  /** What the record of a base has, and no other. */
  private static final String KEY = "key";

  private final Supplier<CephPool> pool;
  private final Index index;
  private final Claims claims;

  /** Takes what tells the pool, each time that it is used. */
  Disposal(Supplier<CephPool> pool, Index index, Claims claims) {
    this.pool = pool;
    this.index = index;
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
      Result result = remove(gone);
      if (result == Result.REMOVED) {
        taken.removed();
      }
      return result;
    }
  }

  private Result remove(Entry gone) throws IOException {
    CephPool images = pool.get();
    Removal removal = new Removal(images);
    Optional<StorageId> known = storageId(gone);
    if (known.isEmpty()) {
      return removal.ofNamed(gone.nameBehind(IndexKeys.GONE));
    }
    Optional<String> key = Optional.ofNullable(gone.values().get(KEY));
    return key.isPresent() && new Dependents(index, images).areOf(key.get(), known.get())
        ? removal.retire(known.get())
        : removal.of(known.get());
  }

  /** What was published once has its id in the entry; what was not, not. */
  private static Optional<StorageId> storageId(Entry gone) throws IndexFormatException {
    try {
      return Optional.ofNullable(gone.values().get(STORAGE_ID)).map(StorageId::parse);
    } catch (IllegalArgumentException e) {
      throw new IndexFormatException(gone.key(), String.valueOf(e.getMessage()));
    }
  }
}
