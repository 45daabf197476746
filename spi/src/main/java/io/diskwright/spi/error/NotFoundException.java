package io.diskwright.spi.error;

/** What was named is not there. */
public final class NotFoundException extends DiskException {
  private static final long serialVersionUID = 1L;

  NotFoundException(Builder builder) {
    super(builder);
  }
}
