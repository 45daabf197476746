package io.diskwright.toolkit.record;

import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A record as text: a first line, a line for each name and value, a last line, so that half a
 * record is never taken for one; any thread.
 */
public final class RecordText {
  private static final String FIRST = "diskwright-record 1";
  private static final String LAST = "end";

  private RecordText() {}

  /** Returns the text of a record, which {@link #parse} reads. */
  public static String format(Map<String, String> values) {
    StringBuilder text = new StringBuilder(512).append(FIRST).append('\n');
    values.forEach(
        (key, value) ->
            text.append(escape(key).replace("=", "%3D"))
                .append('=')
                .append(escape(value))
                .append('\n'));
    return text.append(LAST).append('\n').toString();
  }

  /**
   * Returns the names and values of a record.
   *
   * @throws IllegalArgumentException when the text is not a whole record; the message says why
   */
  public static SortedMap<String, String> parse(String text) {
    List<String> lines = text.lines().toList();
    if (lines.size() < 2
        || !lines.get(0).equals(FIRST)
        || !lines.get(lines.size() - 1).equals(LAST)
        || !text.endsWith("\n")) {
      throw new IllegalArgumentException("it is not a whole record of version 1");
    }
    SortedMap<String, String> values = new TreeMap<>();
    for (String line : lines.subList(1, lines.size() - 1)) {
      int equals = line.indexOf('=');
      if (equals < 1) {
        throw new IllegalArgumentException("the line '" + line + "' has no name");
      }
      values.put(unescape(line.substring(0, equals)), unescape(line.substring(equals + 1)));
    }
    return values;
  }

  private static String escape(String value) {
    return value.replace("%", "%25").replace("\n", "%0A").replace("\r", "%0D");
  }

  private static String unescape(String value) {
    return value.replace("%3D", "=").replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%");
  }
}
