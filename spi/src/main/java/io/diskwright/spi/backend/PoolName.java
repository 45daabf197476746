package io.diskwright.spi.backend;

/**
 * The name of a pool, by which it is selected.
 *
 * @param value 1 to 63 letters, digits, {@code .}, {@code _} or {@code -}, beginning with a letter
 *     or digit
 */
public record PoolName(String value) {
  /**
   * Checks the name (promise P9).
   *
   * @throws IllegalArgumentException when it does not follow the grammar
   */
  public PoolName {
    Names.check("pool name", value);
  }

  @Override
  public String toString() {
    return value;
  }
}
