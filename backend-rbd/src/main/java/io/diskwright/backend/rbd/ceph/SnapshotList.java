package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import com.sun.jna.ptr.IntByReference;
import io.diskwright.backend.rbd.ceph.RbdSnapshot.Kind;
import io.diskwright.toolkit.os.Errno;
import java.util.ArrayList;
import java.util.List;

/** Reads the snapshots of an image. */
final class SnapshotList {
  private static final long RBD_SNAP_INFO = 24;

  private final Librbd rbd;
  private final Pointer image;
  private final String path;

  SnapshotList(Librbd rbd, Pointer image, String path) {
    this.rbd = rbd;
    this.image = image;
    this.path = path;
  }

  List<RbdSnapshot> read() throws CephException {
    int capacity = 16;
    while (true) {
      try (NativeMemory memory = new NativeMemory()) {
        Pointer array = memory.allocate(RBD_SNAP_INFO * capacity);
        IntByReference most = new IntByReference(capacity);
        int count = rbd.rbd_snap_list(image, array, most);
        if (count == -Errno.ERANGE) {
          capacity = Math.max(2 * capacity, most.getValue());
          continue;
        }
        CephCluster.check(count, "list the snapshots of image", path);
        try {
          return read(array, count);
        } finally {
          if (count > 0) {
            rbd.rbd_snap_list_end(array);
          }
        }
      }
    }
  }

  private List<RbdSnapshot> read(Pointer array, int count) throws CephException {
    List<RbdSnapshot> snapshots = new ArrayList<>();
    for (int at = 0; at < count; at++) {
      Pointer entry = array.share(RBD_SNAP_INFO * at);
      long id = entry.getLong(0);
      String name = Names.at(entry, 16);
      Kind kind = kind(id);
      snapshots.add(new RbdSnapshot(id, name, entry.getLong(8), isProtected(kind, name), kind));
    }
    return List.copyOf(snapshots);
  }

  private Kind kind(long id) throws CephException {
    IntByReference type = new IntByReference();
    CephCluster.check(
        rbd.rbd_snap_get_namespace_type(image, id, type), "look at a snapshot of image", path);
    return Kind.of(type.getValue());
  }

  /** librbd looks for a name among the snapshots of users only. */
  private boolean isProtected(Kind kind, String name) throws CephException {
    if (kind != Kind.USER) {
      return false;
    }
    IntByReference is = new IntByReference();
    CephCluster.check(
        rbd.rbd_snap_is_protected(image, name, is), "look at a snapshot of image", path);
    return is.getValue() != 0;
  }
}
