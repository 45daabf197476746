package io.diskwright.toolkit.os;

import java.io.IOException;

/** A system call that failed: which, on what, and the operating system's error number. */
public final class OsException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  OsException(String call, Object target, int errno) {
    super("%s %s: %s".formatted(call, target, Libc.strerror(errno)));
    this.errno = errno;
  }

  /** Returns the error number, one of {@link Errno} or another. */
  public int errno() {
    return errno;
  }
}
