package io.diskwright.toolkit.pool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/** Whatever a record's file holds: its values, or the one failure; and values come back. */
public final class RecordFileFuzz {
  private static final Path FILE = Path.of("record");

  private RecordFileFuzz() {}

  /** What a fuzzer calls. */
  public static void fuzzerTestOneInput(byte[] input) throws IOException {
    String text = new String(input, StandardCharsets.UTF_8);
    checkFile(text);
    checkFile("diskwright-record 1\n" + text + "\nend\n");
    int middle = text.length() / 2;
    SortedMap<String, String> values = new TreeMap<>();
    values.put("k" + text.substring(0, middle), text.substring(middle));
    require(RecordFile.parse(FILE, RecordFile.format(values)).equals(values), text);
  }

  private static void checkFile(String text) throws IOException {
    try {
      SortedMap<String, String> values = RecordFile.parse(FILE, text);
      require(RecordFile.parse(FILE, RecordFile.format(values)).equals(values), text);
    } catch (RecordFormatException e) {
      require(e.getMessage() != null, text);
    }
  }

  private static void require(boolean holds, String text) {
    if (!holds) {
      throw new AssertionError(text);
    }
  }
}
