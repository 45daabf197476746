package io.diskwright.backend.lvm.lvm2;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;

/**
 * Reads the text that lvm2 keeps its metadata in: sections {@code name {…}}, and {@code key =
 * value}, where a value is a text, a number or a list of these (lvm2's {@code libdm-config.c}).
 */
final class MetadataText {
  /** A section that is not there. */
  static final Section NONE = new Section();

  private static final String ENDS_WORD = "#={}[],\"";

  private final String text;
  private int at;

  private MetadataText(String text) {
    this.text = text;
  }

  /**
   * A section: its values as texts, its lists, and the sections in it, each in the text's order.
   */
  record Section(
      Map<String, String> values, Map<String, List<String>> lists, Map<String, Section> sections) {
    private Section() {
      this(new LinkedHashMap<>(), new LinkedHashMap<>(), new LinkedHashMap<>());
    }

    /**
     * Returns a value.
     *
     * @throws IllegalArgumentException when there is none
     */
    String value(String key) {
      return required(values, key);
    }

    /**
     * Returns a number.
     *
     * @throws IllegalArgumentException when there is none, or it is negative or too large
     */
    long number(String key) {
      long number = Long.parseLong(value(key));
      if (number < 0) {
        throw new IllegalArgumentException("%s is %d".formatted(key, number));
      }
      return number;
    }

    /** Returns a list; empty when there is none. */
    List<String> list(String key) {
      return lists.getOrDefault(key, List.of());
    }

    /**
     * Returns a section in it.
     *
     * @throws IllegalArgumentException when there is none
     */
    Section section(String key) {
      return required(sections, key);
    }

    private static <T> T required(Map<String, T> all, String key) {
      T value = all.get(key);
      if (value == null) {
        throw new IllegalArgumentException(key + " is missing");
      }
      return value;
    }
  }

  /**
   * Reads all of a text.
   *
   * @throws IllegalArgumentException when it is not in this format; the message says why
   */
  static Section parse(String text) {
    MetadataText parser = new MetadataText(text);
    try {
      Section all = parser.section();
      if (parser.more()) {
        throw parser.unexpected();
      }
      return all;
    } catch (NoSuchElementException e) {
      throw new IllegalArgumentException("it ends too early", e);
    }
  }

  /** Reads what is in a section, up to its end. */
  private Section section() {
    Section section = new Section();
    while (more() && text.charAt(at) != '}') {
      String key = word();
      boolean isNew;
      if (takes('{')) {
        isNew = section.sections.put(key, section()) == null;
        require('}');
      } else {
        require('=');
        isNew =
            takes('[')
                ? section.lists.put(key, list()) == null
                : section.values.put(key, word()) == null;
      }
      if (!isNew) {
        throw new IllegalArgumentException(key + " is there twice");
      }
    }
    return section;
  }

  private List<String> list() {
    List<String> list = new ArrayList<>();
    while (!takes(']')) {
      list.add(word());
      if (!takes(',') && next() != ']') {
        throw unexpected();
      }
    }
    return list;
  }

  /** Reads a name, a number or a text. */
  private String word() {
    if (next() == '"') {
      return quoted();
    }
    int start = at;
    while (at < text.length()
        && !isSpace(text.charAt(at))
        && ENDS_WORD.indexOf(text.charAt(at)) < 0) {
      at++;
    }
    if (at == start) {
      throw unexpected();
    }
    return text.substring(start, at);
  }

  private String quoted() {
    StringBuilder word = new StringBuilder();
    for (at++; at < text.length(); at++) {
      char one = text.charAt(at);
      if (one == '"') {
        at++;
        return word.toString();
      }
      if (one == '\\' && at + 1 < text.length()) {
        at++;
      }
      word.append(text.charAt(at));
    }
    throw new NoSuchElementException();
  }

  private void require(char wanted) {
    if (!takes(wanted)) {
      throw unexpected();
    }
  }

  private boolean takes(char wanted) {
    boolean there = next() == wanted;
    if (there) {
      at++;
    }
    return there;
  }

  private char next() {
    if (!more()) {
      throw new NoSuchElementException();
    }
    return text.charAt(at);
  }

  /** Goes to what comes next but for space and comments; returns whether there is anything. */
  private boolean more() {
    while (at < text.length()) {
      char one = text.charAt(at);
      if (one == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (isSpace(one)) {
        at++;
      } else {
        return true;
      }
    }
    return false;
  }

  /** lvm2 ends the text with a zero byte. */
  private static boolean isSpace(char one) {
    return one <= ' ';
  }

  private IllegalArgumentException unexpected() {
    return new IllegalArgumentException(
        "there is %s at %d"
            .formatted(at < text.length() ? "a '" + text.charAt(at) + '\'' : "its end", at));
  }
}
