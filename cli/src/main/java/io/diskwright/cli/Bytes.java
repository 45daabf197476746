package io.diskwright.cli;

/** Puts numbers of bytes into words for a person. */
final class Bytes {
  private static final String UNITS = "KMGTPE";

  private Bytes() {}

  /** Returns such as {@code 512 B}, {@code 1.5 MiB}, {@code 20 GiB}; rounded down. */
  static String text(long bytes) {
    int unit = -1;
    long whole = bytes;
    long rest = 0;
    while (whole >= 1024 && unit < UNITS.length() - 1) {
      rest = whole % 1024;
      whole /= 1024;
      unit++;
    }
    if (unit < 0) {
      return whole + " B";
    }
    long tenths = rest * 10 / 1024;
    return whole + (tenths == 0 ? "" : "." + tenths) + ' ' + UNITS.charAt(unit) + "iB";
  }

  /** Returns a size in words and in bytes. */
  static String exact(long bytes) {
    return bytes < 1024 ? text(bytes) : text(bytes) + " (" + bytes + " bytes)";
  }
}
