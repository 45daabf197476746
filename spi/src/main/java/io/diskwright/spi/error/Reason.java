package io.diskwright.spi.error;

import java.util.Locale;

/** Why something failed, as callers and scripts tell failures apart. */
public enum Reason {
  /** A defect of ours, or a native failure that nobody mapped. */
  INTERNAL(1),
  /** The request itself cannot be carried out on any pool: a bad name, a bad size. */
  INVALID_REQUEST(2),
  /** What was named is not there. */
  NOT_FOUND(3),
  /** The name is taken by something that differs from what was asked. */
  ALREADY_EXISTS(4),
  /** A machine has it open. */
  IN_USE(5),
  /** Something else is built on it. */
  HAS_DEPENDENTS(6),
  /** The storage is full, or a quota or reserve says so. */
  NO_SPACE(7),
  /** The image is refused: not an image, not what was declared, unsafe, too large. */
  IMAGE_UNACCEPTABLE(8),
  /** The image's virtual size is larger than the size that was asked for. */
  BASE_LARGER_THAN_SIZE(9),
  /** The storage, a tool or a source did not answer in time, or is not there. */
  UNAVAILABLE(10),
  /** A change was under way when contact was lost: it may or may not have happened. */
  OUTCOME_UNKNOWN(11),
  /** This pool's backend does not offer it. */
  UNSUPPORTED(12),
  /** The configuration is wrong. */
  CONFIGURATION(13),
  /** The host or the storage does not allow it. */
  PERMISSION_DENIED(14),
  /** Something on the storage is not what its record says. */
  CORRUPT(15),
  /** The storage failed to read or write. */
  IO_ERROR(16),
  /** The caller cancelled it. */
  CANCELLED(130);

  private final int exitCode;

  Reason(int exitCode) {
    this.exitCode = exitCode;
  }

  /** Returns the exit code of a program that ends because of this; stable, 1 to 130. */
  public int exitCode() {
    return exitCode;
  }

  /** Returns the name used in output, such as {@code not-found}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
