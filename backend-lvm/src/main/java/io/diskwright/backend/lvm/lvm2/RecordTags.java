package io.diskwright.backend.lvm.lvm2;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A record as tags of a logical volume (lvm(8), "VALID NAMES" and {@code --addtag}), one for each
 * name and value: {@code dw:NAME=VALUE}, and what is too long for one in parts, {@code
 * dw:NAME:0=…}, {@code dw:NAME:1=…}.
 *
 * <p>Bytes that a tag cannot hold, and those that have a meaning here, are written as {@code +} and
 * two digits.
 */
public final class RecordTags {
  /** What the tags of records begin with; all others are somebody else's. */
  static final String PREFIX = "dw:";

  /** lvm2 takes tags of 1,024 bytes. */
  private static final int LONGEST_VALUE = 900;

  private static final String PLAIN =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-/!#&";
  private static final HexFormat HEX = HexFormat.of().withUpperCase();

  private RecordTags() {}

  /**
   * Returns the tags that hold a record, which {@link #parse} reads.
   *
   * @param values its names, of a hundred bytes at most when escaped, and values of any length
   */
  public static List<String> format(SortedMap<String, String> values) {
    List<String> tags = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          String start = PREFIX + escape(name);
          String escaped = escape(value);
          if (escaped.length() <= LONGEST_VALUE) {
            tags.add(start + '=' + escaped);
            return;
          }
          for (int part = 0, at = 0; at < escaped.length(); part++) {
            int end = Math.min(escaped.length(), at + LONGEST_VALUE);
            tags.add(start + ':' + part + '=' + escaped.substring(at, end));
            at = end;
          }
        });
    return tags;
  }

  /**
   * Returns the record that tags hold, in whatever order they are; tags of others are passed over.
   *
   * @return its names and values, none when there are no such tags
   * @throws IllegalArgumentException when a tag is malformed, or a part is missing
   */
  public static SortedMap<String, String> parse(Collection<String> tags) {
    SortedMap<String, SortedMap<Integer, String>> parts = new TreeMap<>();
    for (String tag : tags) {
      if (tag.startsWith(PREFIX)) {
        int equals = tag.indexOf('=');
        if (equals <= PREFIX.length()) {
          throw new IllegalArgumentException("tag (%s) has no name and value".formatted(tag));
        }
        String[] name = tag.substring(PREFIX.length(), equals).split(":", 2);
        int part = name.length == 1 ? 0 : Integer.parseInt(name[1]);
        parts
            .computeIfAbsent(unescape(name[0]), unused -> new TreeMap<>())
            .put(part, tag.substring(equals + 1));
      }
    }
    SortedMap<String, String> values = new TreeMap<>();
    parts.forEach(
        (name, of) -> {
          if (of.lastKey() != of.size() - 1) {
            throw new IllegalArgumentException("a part of (%s) is missing".formatted(name));
          }
          values.put(name, unescape(String.join("", of.values())));
        });
    return values;
  }

  private static String escape(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (byte one : text.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (one & 0xff);
      if (PLAIN.indexOf(c) >= 0) {
        escaped.append(c);
      } else {
        escaped.append('+').append(HEX.toHexDigits(one));
      }
    }
    return escaped.toString();
  }

  private static String unescape(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c != '+') {
        bytes.write(c);
      } else if (i + 2 < text.length()) {
        bytes.write(HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else {
        throw new IllegalArgumentException("(%s) ends in the middle of a byte".formatted(text));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
