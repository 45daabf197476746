package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.Index.Entry;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whether anybody depends on the image of a base: by what the base says, and by what the
 * disks say. While librbd flattens a clone, the parent forgets the clone before the clone forgets
 * the parent, without which it cannot be opened: who is killed in between leaves it so.
 */
final class Dependents {
  private static final Logger LOG = LoggerFactory.getLogger(Dependents.class);

  private final Index index;
  private final CephPool pool;

  Dependents(Index index, CephPool pool) {
    this.index = index;
    this.pool = pool;
  }

  /** In this order: a clone that the base has forgotten by then still depends on it, or not. */
  boolean areOf(String key, StorageId base) throws IOException {
    return areListed(base) || areDisks(key, base);
  }

  private boolean areListed(StorageId base) throws CephException {
    try (RbdImage image = pool.openById(base.id(), true)) {
      return !image.children().isEmpty();
    } catch (CephException e) {
      if (e.is(Errno.EACCES, Errno.EPERM)) {
        return true; // somebody has cloned it to where we may not look
      }
      if (e.is(Errno.ENOENT)) {
        return false; // somebody was killed while removing it
      }
      throw e;
    }
  }

  private boolean areDisks(String key, StorageId base) throws IOException {
    List<Entry> mayBe = new ArrayList<>();
    for (Entry disk : index.list(IndexKeys.DISKS)) {
      if (disk.text().contains(key) || disk.text().contains(base.image())) {
        mayBe.add(disk);
      }
    }
    return AtOnce.map(mayBe, disk -> dependsOn(base, disk)).contains(true);
  }

  private boolean dependsOn(StorageId base, Entry disk) throws IOException {
    try {
      return pool.parentId(RbdDisks.image(disk).id()).equals(Optional.of(base.id()));
    } catch (IndexFormatException e) {
      LOG.warn("base {} stays while {} is damaged: {}", base, disk.key(), e.getMessage());
      return true; // nobody can tell
    } catch (CephException e) {
      if (e.is(Errno.ENOENT)) {
        return false; // it was deleted a moment ago
      }
      throw e;
    }
  }
}
