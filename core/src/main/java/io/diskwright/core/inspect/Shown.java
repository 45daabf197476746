package io.diskwright.core.inspect;

/** Text from an image as a message shows it: short, and without anything a terminal obeys. */
final class Shown {
  private static final int MOST = 60;

  private Shown() {}

  static String of(String text) {
    String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
    return '"' + (plain.length() > MOST ? plain.substring(0, MOST) + "…" : plain) + '"';
  }
}
