package io.diskwright.spi.error;

/** The storage, a tool or a source did not answer in time; trying again may help. */
public final class UnavailableException extends DiskException {
  private static final long serialVersionUID = 1L;

  UnavailableException(Builder builder) {
    super(builder);
  }
}
