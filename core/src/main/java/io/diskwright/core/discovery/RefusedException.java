package io.diskwright.core.discovery;

import org.jspecify.annotations.Nullable;

/** A provider that was constructed cannot be used; carries the message of its problem. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  private final String message;

  RefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.message = message;
  }

  @Override
  public String getMessage() {
    return message;
  }
}
