package io.diskwright.spi.error;

/** The image is refused; a clone refused with this may be replaced by a fetch. */
public final class ImageUnacceptableException extends DiskException {
  private static final long serialVersionUID = 1L;

  ImageUnacceptableException(Builder builder) {
    super(builder);
  }
}
