package io.diskwright.spi.image;

import java.util.Locale;
import java.util.Map;

/**
 * A digest of an image's bytes as its source holds them.
 *
 * @param algorithm {@code sha256}, {@code sha512} or {@code md5}
 * @param hex the digest in lower-case hexadecimal digits
 */
public record Digest(String algorithm, String hex) {
  private static final Map<String, String> JAVA_NAMES =
      Map.of("sha256", "SHA-256", "sha512", "SHA-512", "md5", "MD5");
  private static final Map<String, Integer> LENGTHS =
      Map.of("sha256", 64, "sha512", 128, "md5", 32);

  /**
   * Checks the algorithm and the number of digits, and folds both to lower case.
   *
   * @throws IllegalArgumentException when they are not right
   */
  public Digest {
    algorithm = algorithm.toLowerCase(Locale.ROOT);
    hex = hex.toLowerCase(Locale.ROOT);
    Integer length = LENGTHS.get(algorithm);
    if (length == null) {
      throw new IllegalArgumentException(
          "digest algorithm (%s) must be sha256, sha512 or md5".formatted(algorithm));
    }
    if (hex.length() != length || !hex.matches("[0-9a-f]*")) {
      throw new IllegalArgumentException(
          "digest (%s) must be %d hexadecimal digits".formatted(hex, length));
    }
  }

  /**
   * Reads {@code algorithm:hex}.
   *
   * @throws IllegalArgumentException when it is not of that form
   */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new IllegalArgumentException(
          "digest (%s) must be written as algorithm:hex, such as sha256:1f3a…".formatted(text));
    }
    return new Digest(text.substring(0, colon), text.substring(colon + 1));
  }

  /** Returns the name that {@link java.security.MessageDigest} knows the algorithm by. */
  public String javaAlgorithm() {
    return JAVA_NAMES.getOrDefault(algorithm, algorithm);
  }

  @Override
  public String toString() {
    return algorithm + ':' + hex;
  }
}
