package io.diskwright.backend.rbd.ceph;

import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.OsErrors;
import java.io.IOException;
import java.util.Arrays;

/** What librados or librbd refused: the operation, on what, and the error number with its text. */
public final class CephException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String operation;
  private final String resource;
  private final int errno;

  /**
   * Makes one of an error number.
   *
   * @param operation what was tried, as it would follow "cannot", such as "open image"
   * @param resource on what, such as {@code vms/disk}
   * @param errno the error number, positive
   */
  CephException(String operation, String resource, int errno) {
    this(operation, resource, errno, text(errno));
  }

  /** Makes one with a text that says more than that of the error number. */
  CephException(String operation, String resource, int errno, String text) {
    super("%s %s: %s".formatted(operation, resource, text));
    this.operation = operation;
    this.resource = resource;
    this.errno = errno;
  }

  private static String text(int errno) {
    String text = OsErrors.text(errno);
    return switch (errno) {
      case Errno.ESHUTDOWN -> text + ", because this client is blocklisted";
      case Errno.ETIMEDOUT -> text + ", because the cluster did not answer in time";
      default -> text;
    };
  }

  /** Returns the error number, positive; one of {@link Errno} or another. */
  public int errno() {
    return errno;
  }

  /** Returns what was tried, as it would follow "cannot". */
  public String operation() {
    return operation;
  }

  /** Returns on what it was tried, such as {@code vms/disk}. */
  public String resource() {
    return resource;
  }

  /** Returns whether the error number is one of these. */
  public boolean is(int... errnos) {
    return Arrays.stream(errnos).anyMatch(one -> one == errno);
  }
}
