package io.diskwright.core.inspect;

/** Text from an image as a message shows it: short, and without anything a terminal obeys. */
final class Shown {
  private static final int MOST = 60;

  private Shown() {}

  static String of(String text) {
    String start = text.substring(0, Math.min(text.length(), MOST));
    return '"' + start.replaceAll("[^\\x20-\\x7e]", "?") + (text.length() > MOST ? "…\"" : "\"");
  }
}
