package io.diskwright.spi.backend;

/**
 * What identifies a base on a pool: a hash of the image's source, id and validator and of the
 * pool's conversion policy. Core computes it; backends take it as it is.
 *
 * @param value 64 lower-case hexadecimal digits
 */
public record BaseKey(String value) {
  /**
   * Checks the digits.
   *
   * @throws IllegalArgumentException when there are not 64 of them
   */
  public BaseKey {
    if (!value.matches("[0-9a-f]{64}")) {
      throw new IllegalArgumentException(
          "base key (%s) must be 64 lower-case hexadecimal digits".formatted(value));
    }
  }

  @Override
  public String toString() {
    return value;
  }
}
