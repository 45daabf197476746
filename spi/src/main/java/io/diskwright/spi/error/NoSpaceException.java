package io.diskwright.spi.error;

/** The storage is full, or a quota or reserve says so. */
public final class NoSpaceException extends DiskException {
  private static final long serialVersionUID = 1L;

  NoSpaceException(Builder builder) {
    super(builder);
  }
}
