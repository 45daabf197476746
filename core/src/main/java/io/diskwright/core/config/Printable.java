package io.diskwright.core.config;

/** Keeps control characters and endless texts out of messages. */
final class Printable {
  private static final int LENGTH = 80;

  private Printable() {}

  static String of(String text) {
    String clean = text.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
    return clean.length() > LENGTH ? clean.substring(0, LENGTH) + "…" : clean;
  }
}
