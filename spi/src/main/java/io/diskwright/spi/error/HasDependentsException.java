package io.diskwright.spi.error;

/** Something else is built on it, so it must stay. */
public final class HasDependentsException extends DiskException {
  private static final long serialVersionUID = 1L;

  HasDependentsException(Builder builder) {
    super(builder);
  }
}
