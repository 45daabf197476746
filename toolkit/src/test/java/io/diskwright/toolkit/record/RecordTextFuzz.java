package io.diskwright.toolkit.record;

import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** Whatever a record's text is: its values, or the one failure; and values come back. */
public final class RecordTextFuzz {
  private RecordTextFuzz() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.UTF_8);
    checkText(text);
    checkText("diskwright-record 1\n" + text + "\nend\n");
    int middle = text.length() / 2;
    SortedMap<String, String> values = new TreeMap<>();
    values.put("k" + text.substring(0, middle), text.substring(middle));
    require(RecordText.parse(RecordText.format(values)).equals(values), text);
  }

  private static void checkText(String text) {
    try {
      SortedMap<String, String> values = RecordText.parse(text);
      require(RecordText.parse(RecordText.format(values)).equals(values), text);
    } catch (IllegalArgumentException e) {
      require(e.getMessage() != null, text);
    }
  }

  private static void require(boolean holds, String text) {
    if (!holds) {
      throw new AssertionError(text);
    }
  }
}
