package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import io.diskwright.toolkit.os.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An image of format 2 that nobody writes to, and that takes a snapshot or grows by the steps that
 * librbd takes (operation/SnapshotCreateRequest.cc, object_map/SnapshotCreateRequest.cc,
 * operation/ResizeRequest.cc). Those who have it open are not told, and that the image's lock is
 * held is not asserted. Inside a call on a handle.
 */
final class QuietImage {
  private static final String OBJECT_MAP = "rbd_object_map.";
  private static final String SNAPSHOT = "snapshot image";
  private static final String GROW = "resize image";

  private static final long KNOWN =
      ImageOptions.FEATURE_LAYERING
          | ImageOptions.FEATURE_EXCLUSIVE_LOCK
          | ImageOptions.FEATURE_OBJECT_MAP
          | ImageOptions.FEATURE_FAST_DIFF
          | ImageOptions.FEATURE_DEEP_FLATTEN
          | ImageOptions.FEATURE_DATA_POOL;

  /** The features that {@link #createSnapshot} knows how to treat, of an image without clones. */
  static final long SNAPSHOTS = KNOWN | ImageOptions.FEATURE_STRIPINGV2;

  /**
   * The features that {@link #grow} knows how to treat, of a new image: of the operations that may
   * be, it can have but that it is a clone. With striping, the number of objects is another.
   */
  static final long GROWS = KNOWN | ImageOptions.FEATURE_OPERATIONS;

  private final Pointer pool;
  private final String id;
  private final long features;
  private final String path;

  QuietImage(Pointer pool, String id, long features, String path) {
    this.pool = pool;
    this.id = id;
    this.features = features;
    this.path = path;
  }

  /** Ended early, it leaves a snapshot whose object map is missing, which librbd does without. */
  boolean createSnapshot(String snapshot, long snapshotId) throws CephException {
    change(
        ObjectWrite.on(ImageHeader.PREFIX + id)
            .exec(ImageHeader.CLASS, "snapshot_add", nameAndId(snapshot, snapshotId)),
        SNAPSHOT);
    if (has(ImageOptions.FEATURE_OBJECT_MAP)) {
      copyObjectMap(snapshotId);
    }
    if (has(ImageOptions.FEATURE_FAST_DIFF)) {
      change( // nothing has changed since
          ObjectWrite.on(OBJECT_MAP + id)
              .exec(ImageHeader.CLASS, "object_map_snap_add", new byte[0]),
          SNAPSHOT);
    }
    return true;
  }

  private boolean has(long feature) {
    return (features & feature) != 0;
  }

  private void copyObjectMap(long snapshotId) throws CephException {
    Librados rados = CephLibraries.rados();
    String operation = "copy the object map of image";
    LongByReference size = new LongByReference();
    CephCluster.check(rados.rados_stat(pool, OBJECT_MAP + id, size, null), operation, path);
    byte[] map = new byte[Math.toIntExact(size.getValue())];
    int read = rados.rados_read(pool, OBJECT_MAP + id, map, map.length, 0);
    if (CephCluster.check(read, operation, path) != map.length) {
      throw new CephException(operation, path, Errno.EIO, "it was changed meanwhile");
    }
    String copy = "%s%s.%016x".formatted(OBJECT_MAP, id, snapshotId);
    CephCluster.check(rados.rados_write_full(pool, copy, map, map.length), operation, path);
  }

  /**
   * Makes it longer, if it is not; ended early, it leaves an object map that is longer than the
   * image, which librbd takes for a resize that was interrupted. {@code object_map_resize} takes a
   * number of objects, and what those are that come; {@code set_size} takes the size.
   */
  void grow(long size) throws CephException {
    ImageHeader.Size now = new ImageHeader(pool, id, path).size();
    if (now.bytes() >= size) {
      return;
    }
    if (has(ImageOptions.FEATURE_OBJECT_MAP)) {
      long objects = ((size - 1) >>> now.objectBits()) + 1;
      byte[] nonexistent = input(Long.BYTES + 1).putLong(objects).put((byte) 0).array();
      change(
          ObjectWrite.on(OBJECT_MAP + id)
              .assertExists() // else a map would be made of an image that has gone
              .exec(ImageHeader.CLASS, "object_map_resize", nonexistent),
          GROW);
    }
    change(
        ObjectWrite.on(ImageHeader.PREFIX + id)
            .assertExists()
            .exec(ImageHeader.CLASS, "set_size", input(Long.BYTES).putLong(size).array()),
        GROW);
  }

  private static ByteBuffer input(int length) {
    return ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void change(ObjectWrite write, String operation) throws CephException {
    CephCluster.check(write.perform(pool), operation, path);
  }

  /** The input of {@code snapshot_add} (cls_rbd.cc); a snapshot of a user's needs no more. */
  private static byte[] nameAndId(String snapshot, long snapshotId) {
    byte[] name = snapshot.getBytes(UTF_8);
    return input(Integer.BYTES + name.length + Long.BYTES)
        .putInt(name.length)
        .put(name)
        .putLong(snapshotId)
        .array();
  }
}
