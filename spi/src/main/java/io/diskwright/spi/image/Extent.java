package io.diskwright.spi.image;

/**
 * A range of bytes that is all of one kind.
 *
 * @param offset where it starts, in bytes
 * @param length how long it is, in bytes, more than 0
 * @param kind whether it has data or reads as zeros
 */
public record Extent(long offset, long length, Kind kind) {
  /** What a range holds. */
  public enum Kind {
    /** Bytes that must be read. */
    DATA,
    /** Bytes that are known to be zero. */
    ZERO
  }

  /**
   * Checks that the range is not negative, empty or beyond 2^63.
   *
   * @throws IllegalArgumentException when it is
   */
  public Extent {
    if (offset < 0 || length <= 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException(
          "extent (%d+%d) must be a range of at least one byte".formatted(offset, length));
    }
  }

  /** Returns the offset of the first byte behind it. */
  public long end() {
    return offset + length;
  }
}
