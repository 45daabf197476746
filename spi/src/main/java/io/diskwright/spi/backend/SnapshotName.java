package io.diskwright.spi.backend;

/**
 * The name of a snapshot, unique on its disk.
 *
 * @param value 1 to 63 letters, digits, {@code .}, {@code _} or {@code -}, beginning with a letter
 *     or digit
 */
public record SnapshotName(String value) {
  /**
   * Checks the name (promise P9).
   *
   * @throws IllegalArgumentException when it does not follow the grammar
   */
  public SnapshotName {
    Names.check("snapshot name", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
