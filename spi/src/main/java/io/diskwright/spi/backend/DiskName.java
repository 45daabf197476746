package io.diskwright.spi.backend;

/**
 * The name of a disk, unique on its pool.
 *
 * @param value 1 to 63 letters, digits, {@code .}, {@code _} or {@code -}, beginning with a letter
 *     or digit
 */
public record DiskName(String value) {
  /**
   * Checks the name (promise P9).
   *
   * @throws IllegalArgumentException when it does not follow the grammar
   */
  public DiskName {
    Names.check("disk name", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
