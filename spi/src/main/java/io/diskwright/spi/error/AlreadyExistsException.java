package io.diskwright.spi.error;

/** The name is taken by something that differs from what was asked. */
public final class AlreadyExistsException extends DiskException {
  private static final long serialVersionUID = 1L;

  AlreadyExistsException(Builder builder) {
    super(builder);
  }
}
