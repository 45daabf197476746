package io.diskwright.backend.rbd.ceph;

import io.diskwright.toolkit.os.Errno;
import java.time.Duration;
import java.util.List;

/**
 * The trash of a pool or a namespace: images that have an id but no name. It lives as long as the
 * pool's handle. Any thread.
 */
public final class CephTrash {
  /** librbd's own object. */
  private static final String OBJECT = "rbd_trash";

  private final CephPool pool;

  CephTrash(CephPool pool) {
    this.pool = pool;
  }

  /** Returns the images that somebody moved to the trash; not those that are half removed. */
  public List<TrashEntry> entries() throws CephException {
    Librbd rbd = CephLibraries.rbd();
    return pool.call(
        () ->
            NativeList.read(
                TrashEntry.SIZE,
                (array, count) -> rbd.rbd_trash_list(pool.pointer(), array, count),
                rbd::rbd_trash_list_cleanup,
                TrashEntry::of,
                "list the trash of pool",
                pool.name()));
  }

  /**
   * Moves an image to the trash, where it has an id but no name. It may be open, and have snapshots
   * and clones.
   *
   * @param delay how long only force removes it from there, in whole seconds
   */
  public void move(String image, Duration delay) throws CephException {
    Names.check("image", image);
    Librbd rbd = CephLibraries.rbd();
    pool.check(
        () -> passThrough(() -> rbd.rbd_trash_move(pool.pointer(), image, delay.toSeconds())),
        "move to the trash image",
        pool.path(image));
  }

  /**
   * Removes an image that is in the trash, and its data.
   *
   * @param force whether to do so before its time
   * @param progress can end it; the rest stays in the trash
   * @throws CephException as {@link CephPool#removeImage}; {@code EPERM} when it is not yet time
   */
  public void remove(String id, boolean force, RbdProgress progress) throws CephException {
    Names.check("id", id);
    Librbd rbd = CephLibraries.rbd();
    pool.check(
        () ->
            ProgressReports.during(
                progress,
                reports ->
                    rbd.rbd_trash_remove_with_progress(
                        pool.pointer(), id, (byte) (force ? 1 : 0), reports, null)),
        "remove from the trash image",
        pool.path("id " + id));
  }

  /**
   * Gives an image that is in the trash a name again.
   *
   * @throws CephException with {@code ENOENT} when it is not there, {@code EEXIST} when the name is
   *     taken
   */
  public void restore(String id, String image) throws CephException {
    Names.check("id", id);
    Names.check("image", image);
    Librbd rbd = CephLibraries.rbd();
    pool.check(
        () -> rbd.rbd_trash_restore(pool.pointer(), id, image),
        "restore from the trash image",
        pool.path("id " + id));
  }

  /**
   * Images go by way of the trash, an object that librbd makes when the first one goes. When the
   * pool is full it cannot, and says that there is no such image. The object takes no space.
   */
  int passThrough(Handle.NativeCall<Integer> remove) throws CephException {
    int result = remove.run();
    if (result != -Errno.ENOENT && result != -Errno.ENOSPC && result != -Errno.EDQUOT) {
      return result;
    }
    int made = ObjectWrite.on(OBJECT).create().performThoughFull(pool.pointer());
    return made < 0 ? result : remove.run();
  }
}
