package io.diskwright.spi.error;

/** A machine has it open, and what was asked needs it closed. */
public final class InUseException extends DiskException {
  private static final long serialVersionUID = 1L;

  InUseException(Builder builder) {
    super(builder);
  }
}
