package io.diskwright.spi.config;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads and writes sizes in bytes as people write them; units are powers of 1024. */
public final class Sizes {
  private static final Pattern SIZE =
      Pattern.compile("(\\d{1,19})\\s*(?:([KMGTPE])(?:iB)?|B)?", Pattern.CASE_INSENSITIVE);
  private static final String UNITS = "KMGTPE";

  private Sizes() {}

  /**
   * Reads a size: a whole number, with one of the units K, M, G, T, P, E (also written KiB, MiB …)
   * or none for bytes.
   *
   * @return the size in bytes, 0 to 2^63 - 1
   * @throws IllegalArgumentException when it is not a size; the message says the rule
   */
  public static long parse(String text) {
    Matcher matcher = SIZE.matcher(text.strip());
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "size (%s) must be a whole number of bytes, or one with K, M, G, T, P or E"
              .formatted(text));
    }
    String unit = matcher.group(2);
    int shift = unit == null ? 0 : 10 * (1 + UNITS.indexOf(unit.toUpperCase(Locale.ROOT)));
    try {
      return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
    } catch (ArithmeticException | NumberFormatException e) {
      throw new IllegalArgumentException(
          "size (%s) must be at most %d bytes".formatted(text, Long.MAX_VALUE), e);
    }
  }

  /** Returns a size as {@link #parse} reads it, in the largest unit that leaves no remainder. */
  public static String format(long bytes) {
    int unit = -1;
    long value = bytes;
    while (value != 0 && value % 1024 == 0 && unit < UNITS.length() - 1) {
      value /= 1024;
      unit++;
    }
    return unit < 0 ? Long.toString(bytes) : value + UNITS.substring(unit, unit + 1);
  }
}
