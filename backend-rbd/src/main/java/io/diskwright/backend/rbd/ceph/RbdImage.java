package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.ByteByReference;
import com.sun.jna.ptr.IntByReference;
import com.sun.jna.ptr.LongByReference;
import io.diskwright.toolkit.os.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.ToLongBiFunction;

/**
 * An open image. Any thread; reads and writes of several threads run at once.
 *
 * <p>What is written is durable after {@link #flush}, and with the option {@code rbd_cache=false}
 * at once.
 */
public final class RbdImage extends Handle {
  /** The features that {@link #createSnapshot(String, long)} knows how to treat. */
  public static final long SNAPSHOT_BY_ID = QuietImage.SNAPSHOTS;

  private static final long RBD_IMAGE_INFO = 160;

  private final CephPool pool;
  private final Pointer image;
  private final String path;
  private final boolean readOnly;
  private final Librbd rbd = CephLibraries.rbd();

  RbdImage(CephPool pool, Pointer image, String path, boolean readOnly) {
    super("image (" + path + ")", pool);
    this.pool = pool;
    this.image = image;
    this.path = path;
    this.readOnly = readOnly;
  }

  /** A native call, with the open image. */
  @FunctionalInterface
  private interface ImageCall {
    long run(Pointer image);
  }

  private long check(String operation, ImageCall call) throws CephException {
    return call(() -> CephCluster.check(reason(call.run(image)), operation, path));
  }

  /**
   * When the cluster does not answer while it asks others for the lock, or tells them of a
   * snapshot, librbd says of an image that it cannot be written or that it got a bad message. So
   * the cluster is asked.
   */
  private long reason(long result) {
    if (result != -Errno.EBADMSG && (result != -Errno.EROFS || readOnly)) {
      return result;
    }
    try (NativeMemory memory = new NativeMemory()) {
      LongByReference none = new LongByReference(0);
      int asked = rbd.rbd_watchers_list(image, memory.allocate(RbdWatcher.SIZE), none);
      return asked < 0 && asked != -Errno.ERANGE ? asked : result;
    }
  }

  private void checkWith(
      String operation, RbdProgress progress, ToLongBiFunction<Pointer, Librbd.Progress> call)
      throws CephException {
    long unused =
        check(
            operation,
            open ->
                ProgressReports.during(progress, reports -> (int) call.applyAsLong(open, reports)));
  }

  private long number(String what, ToLongBiFunction<Pointer, LongByReference> call)
      throws CephException {
    LongByReference number = new LongByReference();
    long unused = check("ask for " + what + " of image", open -> call.applyAsLong(open, number));
    return number.getValue();
  }

  /** Returns its id, which it keeps when it is renamed or goes to the trash. */
  public String id() throws CephException {
    byte[] id = new byte[256];
    long unused = check("ask for the id of image", open -> rbd.rbd_get_id(open, id, id.length));
    return Names.first(id);
  }

  /** Returns its name; in the trash, the one that it had. */
  public String name() throws CephException {
    byte[] name = new byte[4096];
    LongByReference length = new LongByReference(name.length);
    long unused = check("ask for the name of image", open -> rbd.rbd_get_name(open, name, length));
    return Names.first(name);
  }

  /** Returns its size; that of the snapshot when one is set. */
  public long size() throws CephException {
    return number("the size", rbd::rbd_get_size);
  }

  /** Returns its features, the bits of which {@link ImageOptions} names. */
  public long features() throws CephException {
    return number("the features", rbd::rbd_get_features);
  }

  /** Returns how large its objects are. */
  public long objectSize() throws CephException {
    try (NativeMemory memory = new NativeMemory()) {
      Pointer info = memory.allocate(2 * RBD_IMAGE_INFO);
      long unused =
          check("ask for the layout of image", open -> rbd.rbd_stat(open, info, RBD_IMAGE_INFO));
      return info.getLong(8);
    }
  }

  /** Returns the pool that its data is in, where that is not its own. */
  public Optional<String> dataPool() throws CephException {
    return call(
        () -> {
          long id =
              CephCluster.check(
                  rbd.rbd_get_data_pool_id(image), "ask for the data pool of image", path);
          return id == pool.idInsideCall() ? Optional.empty() : pool.cluster().poolName(id);
        });
  }

  /** Returns whether it is of format 1, which cannot be cloned by clone format 2. */
  public boolean oldFormat() throws CephException {
    ByteByReference old = new ByteByReference();
    long unused = check("ask for the format of image", open -> rbd.rbd_get_old_format(open, old));
    return old.getValue() != 0;
  }

  /** Returns how many of its bytes, from the first on, may come from its parent; 0 without one. */
  public long overlap() throws CephException {
    return number("the overlap", rbd::rbd_get_overlap);
  }

  /**
   * Reads until the buffer is full or the image ends.
   *
   * @return the number of bytes read, by which the buffer's position has moved
   */
  public int read(long offset, ByteBuffer target) throws CephException {
    return call(() -> new ImageBytes(rbd, image, path).read(offset, target));
  }

  /**
   * Writes all of the buffer, whose position moves to its limit.
   *
   * @throws CephException with {@code EINVAL} behind the image's end, {@code EROFS} when it is open
   *     for reading, {@code ENOSPC} or {@code EDQUOT} when the cluster or the pool is full, {@code
   *     ESHUTDOWN} when this client is blocklisted; with {@code ETIMEDOUT} some of it may be, or
   *     become, written
   */
  public void write(long offset, ByteBuffer source) throws CephException {
    boolean unused = call(() -> new ImageBytes(rbd, image, path).write(offset, source));
  }

  /** Has a range read as zeros, exactly, and frees its storage where that is possible. */
  public void writeZeroes(long offset, long length) throws CephException {
    boolean unused = call(() -> new ImageBytes(rbd, image, path).writeZeroes(offset, length));
  }

  /** Frees the storage of a range; what of it reads as zeros afterwards is not certain. */
  public void discard(long offset, long length) throws CephException {
    boolean unused = call(() -> new ImageBytes(rbd, image, path).discard(offset, length));
  }

  /** Makes durable what was written before. After one that failed, nothing of it is certain. */
  public void flush() throws CephException {
    long unused = check("flush image", rbd::rbd_flush);
  }

  /**
   * Sets the size; a longer image reads as zeros at its new end.
   *
   * @param allowShrink whether it may become shorter
   * @param progress can end a shrinking: the size is as before, and the end of the data is gone
   * @throws CephException with {@code EINVAL} when it would become shorter and may not
   */
  public void resize(long size, boolean allowShrink, RbdProgress progress) throws CephException {
    byte allow = (byte) (allowShrink ? 1 : 0);
    checkWith(
        "resize image",
        progress,
        (open, reports) -> rbd.rbd_resize2(open, size, allow, reports, null));
  }

  /**
   * Copies what still comes from its parent, and depends on it no more.
   *
   * @param progress can end it; what is copied stays, and the image depends on its parent as before
   * @throws CephException with {@code EINVAL} when it has no parent
   */
  public void flatten(RbdProgress progress) throws CephException {
    checkWith(
        "flatten image",
        progress,
        (open, reports) -> rbd.rbd_flatten_with_progress(open, reports, null));
  }

  /**
   * Takes a snapshot of what is written. Whoever else has the image open is not asked to be quiet
   * first.
   *
   * @throws CephException with {@code EEXIST} when the name is taken
   */
  public void createSnapshot(String snapshot) throws CephException {
    Names.check("snapshot", snapshot);
    checkWith(
        "snapshot image",
        RbdProgress.NONE,
        (open, reports) ->
            rbd.rbd_snap_create2(open, snapshot, Librbd.SNAP_CREATE_SKIP_QUIESCE, reports, null));
  }

  /**
   * Takes a snapshot of what is written under an id that was asked for before, which spares asking
   * the monitors then. Nobody may write to the image any more: who has it open, this handle too, is
   * not told, and would change what the snapshot reads. Ended early, it may leave the snapshot.
   *
   * @param snapshotId from {@link CephPool#newSnapshotId} of the pool with the image's data
   * @throws CephException with {@code EEXIST} when the name or the id is taken, {@code ESTALE} when
   *     the image had a snapshot with a higher id, {@code EOPNOTSUPP} when the image has features
   *     that {@link #SNAPSHOT_BY_ID} does not name
   */
  public void createSnapshot(String snapshot, long snapshotId) throws CephException {
    Names.check("snapshot", snapshot);
    long features = features();
    String id = id();
    if ((features & ~SNAPSHOT_BY_ID) != 0) {
      throw new CephException("snapshot image", path, Errno.EOPNOTSUPP);
    }
    flush();
    boolean unused =
        call(
            () ->
                new QuietImage(pool.pointer(), id, features, path)
                    .createSnapshot(snapshot, snapshotId));
  }

  /**
   * Removes a snapshot. While clones depend on it, it goes to the trash among the snapshots.
   *
   * @throws CephException with {@code ENOENT} when there is no such snapshot, {@code EBUSY} when it
   *     is protected
   */
  public void removeSnapshot(String snapshot) throws CephException {
    Names.check("snapshot", snapshot);
    long unused =
        check(
            "remove snapshot " + snapshot + " of image",
            open -> rbd.rbd_snap_remove(open, snapshot));
  }

  /**
   * Keeps a snapshot from being removed.
   *
   * @throws CephException with {@code EBUSY} when it is protected already
   */
  public void protect(String snapshot) throws CephException {
    Names.check("snapshot", snapshot);
    long unused =
        check(
            "protect snapshot " + snapshot + " of image",
            open -> rbd.rbd_snap_protect(open, snapshot));
  }

  /**
   * Lets a snapshot be removed.
   *
   * @throws CephException with {@code EINVAL} when it is not protected, {@code EBUSY} when it has
   *     clones of clone format 1
   */
  public void unprotect(String snapshot) throws CephException {
    Names.check("snapshot", snapshot);
    long unused =
        check(
            "unprotect snapshot " + snapshot + " of image",
            open -> rbd.rbd_snap_unprotect(open, snapshot));
  }

  /** Returns whether a snapshot is protected. */
  public boolean isProtected(String snapshot) throws CephException {
    Names.check("snapshot", snapshot);
    IntByReference is = new IntByReference();
    long unused =
        check(
            "look at snapshot " + snapshot + " of image",
            open -> rbd.rbd_snap_is_protected(open, snapshot, is));
    return is.getValue() != 0;
  }

  /**
   * Sets the image back to a snapshot, its size too.
   *
   * @param progress can end it; a part of the image is then set back
   */
  public void rollBack(String snapshot, RbdProgress progress) throws CephException {
    Names.check("snapshot", snapshot);
    checkWith(
        "roll back to snapshot " + snapshot + " image",
        progress,
        (open, reports) -> rbd.rbd_snap_rollback_with_progress(open, snapshot, reports, null));
  }

  /** Returns its snapshots of all kinds, the oldest first. */
  public List<RbdSnapshot> snapshots() throws CephException {
    return call(() -> new SnapshotList(rbd, image, path).read());
  }

  /**
   * Returns when a snapshot was taken.
   *
   * @param id the snapshot's id
   */
  public Instant snapshotCreated(long id) throws CephException {
    return call(
        () -> {
          try (NativeMemory memory = new NativeMemory()) {
            Pointer timespec = memory.allocate(2 * Long.BYTES);
            CephCluster.check(
                rbd.rbd_snap_get_timestamp(image, id, timespec),
                "ask for the time of a snapshot of image",
                path);
            return Instant.ofEpochSecond(timespec.getLong(0), timespec.getLong(Long.BYTES));
          }
        });
  }

  /** Has this handle read a snapshot from now on, or the image itself again. */
  public void setSnapshot(Optional<String> snapshot) throws CephException {
    snapshot.ifPresent(name -> Names.check("snapshot", name));
    long unused =
        check(
            "read snapshot " + snapshot.orElse("(none)") + " of image",
            open -> rbd.rbd_snap_set(open, snapshot.orElse(null)));
  }

  /** Returns what it depends on. */
  public Optional<RbdParent> parent() throws CephException {
    return call(
        () -> {
          try (NativeMemory memory = new NativeMemory()) {
            Pointer parent = memory.allocate(RbdParent.IMAGE_SIZE);
            Pointer snapshot = memory.allocate(RbdParent.SNAPSHOT_SIZE);
            int result = rbd.rbd_get_parent(image, parent, snapshot);
            if (result == -Errno.ENOENT) {
              return Optional.empty();
            }
            CephCluster.check(result, "ask for the parent of image", path);
            try {
              return Optional.of(RbdParent.of(parent, snapshot));
            } finally {
              rbd.rbd_linked_image_spec_cleanup(parent);
              rbd.rbd_snap_spec_cleanup(snapshot);
            }
          }
        });
  }

  /** Returns the clones of the snapshot that is set, or of all its snapshots. */
  public List<RbdChild> children() throws CephException {
    return call(
        () ->
            NativeList.read(
                RbdChild.SIZE,
                (array, count) -> rbd.rbd_list_children3(image, array, count),
                rbd::rbd_linked_image_spec_list_cleanup,
                RbdChild::of,
                "list the clones of image",
                path));
  }

  /** Returns who has it open for writing; this handle too, if it is. */
  public List<RbdWatcher> watchers() throws CephException {
    return call(
        () ->
            NativeList.read(
                RbdWatcher.SIZE,
                (array, count) -> rbd.rbd_watchers_list(image, array, count),
                rbd::rbd_watchers_list_cleanup,
                RbdWatcher::of,
                "list the watchers of image",
                path));
  }

  /**
   * Tells which parts of a range may hold data and which read as zeros, from its first byte to its
   * last without gaps, what comes from a parent included. What is beyond the image's end is left
   * out.
   *
   * @throws IOException what the consumer throws
   */
  public void extents(long offset, long length, ExtentConsumer consumer) throws IOException {
    new ExtentList(this).tell(offset, length, consumer);
  }

  /** Returns how many objects its data is striped over; 1 unless somebody asked for more. */
  long stripeCount() throws CephException {
    return number("the striping", rbd::rbd_get_stripe_count);
  }

  /** Has librbd call back for each extent of a range, all of which is inside the image. */
  void diff(long offset, long length, boolean wholeObjects, Librbd.Diff diff) throws CephException {
    byte whole = (byte) (wholeObjects ? 1 : 0);
    long unused =
        check(
            "list the extents of image",
            open -> rbd.rbd_diff_iterate2(open, null, offset, length, (byte) 1, whole, diff, null));
  }

  /** Returns the value of one of its metadata keys. */
  public Optional<String> metadata(String key) throws CephException {
    Names.check("key", key);
    return call(
        () -> {
          for (int length = 1024; ; length *= 8) {
            byte[] value = new byte[length];
            LongByReference used = new LongByReference(length);
            int result = rbd.rbd_metadata_get(image, key, value, used);
            if (result == -Errno.ENOENT) {
              return Optional.empty();
            }
            if (result != -Errno.ERANGE || length > 1 << 24) {
              CephCluster.check(result, "read key " + key + " of image", path);
              return Optional.of(Names.first(value));
            }
          }
        });
  }

  /** Sets one of its metadata keys; clones made later inherit it. */
  public void setMetadata(String key, String value) throws CephException {
    Names.check("key", key);
    Names.check("value", value);
    long unused =
        check("set key " + key + " of image", open -> rbd.rbd_metadata_set(open, key, value));
  }

  /**
   * Removes one of its metadata keys.
   *
   * @throws CephException with {@code ENOENT} when it is not there
   */
  public void removeMetadata(String key) throws CephException {
    Names.check("key", key);
    long unused =
        check("remove key " + key + " of image", open -> rbd.rbd_metadata_remove(open, key));
  }

  /**
   * When librbd 16 has opened the parent of a clone it tells that, and then looks at the parent
   * once more. By then the clone may be open and have been read; closed as well, it would take the
   * parent with it, and the JVM would die.
   */
  @Override
  void release() throws CephException {
    try {
      pool.awaitCompletions();
    } finally {
      CephCluster.check(rbd.rbd_close(image), "close image", path);
    }
  }
}
