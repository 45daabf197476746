package io.diskwright.backend.rbd.ceph;

/**
 * A snapshot of an image.
 *
 * @param id its id
 * @param name its name; one that librbd made up where {@code kind} is not {@code USER}
 * @param size the image's size when it was taken
 * @param isProtected whether it is protected
 * @param kind what it is for
 */
public record RbdSnapshot(long id, String name, long size, boolean isProtected, Kind kind) {
  /** What a snapshot is for: {@code rbd_snap_namespace_type_t}. */
  public enum Kind {
    /** Somebody took it by its name. */
    USER,
    /** It belongs to a snapshot of a group of images. */
    GROUP,
    /** It was removed, and stays for the clones that depend on it. */
    TRASH,
    /** It is for mirroring. */
    MIRROR,
    /** Something newer than this layer knows. */
    OTHER;

    static Kind of(int type) {
      return switch (type) {
        case 0 -> USER;
        case 1 -> GROUP;
        case 2 -> TRASH;
        case 3 -> MIRROR;
        default -> OTHER;
      };
    }
  }
}
