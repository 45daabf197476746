package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.Errno;

/** Says what Ceph's errors mean to a caller. */
final class CephErrors {
  private CephErrors() {}

  /**
   * Starts the failure that an error of Ceph's is.
   *
   * @param tried what was tried, as it would follow "cannot"
   * @return the failure with reason, code, remedy and cause set; the caller adds pool and resource
   */
  static DiskException.Builder toFailure(CephException failure, String tried) {
    Reason reason = reason(failure.errno());
    return DiskException.of(reason, tried)
        .said(String.valueOf(failure.getMessage()))
        .nativeCode(failure.errno())
        .remedy(
            failure.is(Errno.ESHUTDOWN)
                ? "try again: it connects as another client now"
                : remedy(reason))
        .cause(failure);
  }

  private static Reason reason(int errno) {
    return switch (errno) {
      case Errno.ENOENT -> Reason.NOT_FOUND;
      case Errno.EEXIST -> Reason.ALREADY_EXISTS;
      case Errno.ENOSPC, Errno.EDQUOT -> Reason.NO_SPACE;
      case Errno.EPERM, Errno.EACCES, Errno.EROFS -> Reason.PERMISSION_DENIED;
      case Errno.ETIMEDOUT, Errno.ESHUTDOWN -> Reason.UNAVAILABLE;
      case Errno.EBUSY -> Reason.IN_USE;
      case Errno.EINVAL, Errno.EFBIG -> Reason.INVALID_REQUEST;
      case Errno.EOPNOTSUPP, Errno.ENOSYS -> Reason.UNSUPPORTED;
      default -> Reason.IO_ERROR;
    };
  }

  private static String remedy(Reason reason) {
    return switch (reason) {
      case NOT_FOUND -> "check with 'rbd ls' and 'ceph osd pool ls' what there is";
      case ALREADY_EXISTS -> "choose another name, or remove what is there";
      case NO_SPACE -> "free space on the cluster, raise the pool's quota, or use another pool";
      case PERMISSION_DENIED -> "run 'diskwright pool check': it says which cap the user lacks";
      case UNAVAILABLE -> "look at 'ceph -s', and try again when the cluster is well";
      case IN_USE -> "end what uses it, and try again";
      case INVALID_REQUEST -> "ask for a smaller size, or change the pool's settings for images";
      case UNSUPPORTED -> "use a newer cluster, or other image-features";
      default -> "look at 'ceph -s' and at the log of the cluster";
    };
  }
}
