package io.diskwright.spi.error;

/** A change was under way when contact was lost: it may or may not have happened. */
public final class OutcomeUnknownException extends DiskException {
  private static final long serialVersionUID = 1L;

  OutcomeUnknownException(Builder builder) {
    super(builder);
  }
}
