package io.diskwright.spi.backend;

import java.util.regex.Pattern;

/** The one grammar of names (promise P9). */
final class Names {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");

  private Names() {}

  static String check(String what, String value) {
    if (!NAME.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "%s (%s) must be 1 to 63 letters, digits, '.', '_' or '-', and begin with a letter or digit"
              .formatted(what, printable(value)));
    }
    return value;
  }

  /** Keeps control characters and endless names out of messages. */
  private static String printable(String value) {
    String clean =
        value
            .codePoints()
            .limit(80)
            .collect(StringBuilder::new, Names::append, Names::join)
            .toString();
    return value.length() > clean.length() ? clean + "…" : clean;
  }

  private static void append(StringBuilder text, int codePoint) {
    text.appendCodePoint(Character.isISOControl(codePoint) ? '?' : codePoint);
  }

  private static void join(StringBuilder left, StringBuilder right) {
    left.append(right);
  }
}
