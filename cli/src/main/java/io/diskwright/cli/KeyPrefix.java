package io.diskwright.cli;

import java.util.Locale;

/**
 * The first digits of a base's key, or all of them.
 *
 * @param digits 6 to 64 hexadecimal digits, in lower case
 */
record KeyPrefix(String digits) {
  private static final int WHOLE = 64;

  KeyPrefix {
    digits = digits.toLowerCase(Locale.ROOT);
    if (!digits.matches("[0-9a-f]{6,64}")) {
      throw new IllegalArgumentException(
          "key (%s) must be 6 to 64 hexadecimal digits".formatted(digits));
    }
  }

  boolean isWhole() {
    return digits.length() == WHOLE;
  }
}
