package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.LongByReference;
import io.diskwright.toolkit.os.Errno;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * An image of format 2 that nobody writes to any more, and that takes a snapshot by the steps that
 * librbd takes (operation/SnapshotCreateRequest.cc, object_map/SnapshotCreateRequest.cc). Those who
 * have it open are not told, and that the image's lock is held is not asserted. Inside a call on
 * its handle.
 */
final class QuietImage {
  private static final String OBJECT_MAP = "rbd_object_map.";

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
    change(ImageHeader.PREFIX + id, "snapshot_add", nameAndId(snapshot, snapshotId));
    if (has(ImageOptions.FEATURE_OBJECT_MAP)) {
      copyObjectMap(snapshotId);
    }
    if (has(ImageOptions.FEATURE_FAST_DIFF)) {
      change(OBJECT_MAP + id, "object_map_snap_add", new byte[0]); // nothing has changed since
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

  private void change(String object, String method, byte[] input) throws CephException {
    int result = ObjectWrite.on(object).exec(ImageHeader.CLASS, method, input).perform(pool);
    CephCluster.check(result, "snapshot image", path);
  }

  /** The input of {@code snapshot_add} (cls_rbd.cc); a snapshot of a user's needs no more. */
  private static byte[] nameAndId(String snapshot, long snapshotId) {
    byte[] name = snapshot.getBytes(UTF_8);
    return ByteBuffer.allocate(Integer.BYTES + name.length + Long.BYTES)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(name.length)
        .put(name)
        .putLong(snapshotId)
        .array();
  }
}
