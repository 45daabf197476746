package io.diskwright.spi.error;

/** The image's virtual size is larger than the size that was asked for. */
public final class BaseLargerThanSizeException extends DiskException {
  private static final long serialVersionUID = 1L;

  BaseLargerThanSizeException(Builder builder) {
    super(builder);
  }
}
