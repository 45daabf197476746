package io.diskwright.backend.lvm.lvm2;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads what lvm2 prints with {@code --reportformat json} (lvmreport(7)): {@code
 * {"report":[{"lv":[{"lv_name":"a",…},…]}]}}, all values as text.
 */
final class Report {
  private static final JsonFactory JSON = new JsonFactory();

  /** How deep rows are: in an array of an object of the report's array of the whole. */
  private static final int DEPTH_OF_ROWS = 5;

  private Report() {}

  /**
   * Returns the rows of all that a report holds.
   *
   * @throws IllegalArgumentException when it is no report; the message says why
   */
  static List<Map<String, String>> rows(String text) {
    List<Map<String, String>> rows = new ArrayList<>();
    try (JsonParser parser = JSON.createParser(text)) {
      boolean isReport = false;
      int depth = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        if (token == JsonToken.FIELD_NAME && depth == 1) {
          isReport |= parser.currentName().equals("report");
        }
        if (token.isStructStart()) {
          depth++;
          if (token == JsonToken.START_OBJECT && depth == DEPTH_OF_ROWS) {
            rows.add(row(parser));
            depth--;
          }
        } else if (token.isStructEnd()) {
          depth--;
        }
      }
      if (!isReport) {
        throw new IllegalArgumentException("there is no report in it");
      }
      return rows;
    } catch (IOException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Map<String, String> row(JsonParser parser) throws IOException {
    Map<String, String> row = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      if (value == null || !value.isScalarValue()) {
        throw new IllegalArgumentException("the field " + field + " is not a text");
      }
      row.put(field, parser.getText());
    }
    return row;
  }

  /**
   * Returns a field of a row.
   *
   * @throws IllegalArgumentException when the row has no such field
   */
  static String field(Map<String, String> row, String name) {
    String value = row.get(name);
    if (value == null) {
      throw new IllegalArgumentException("the field " + name + " is missing");
    }
    return value;
  }

  /** Returns the tags in a field of a row. */
  static List<String> tags(Map<String, String> row, String name) {
    return Arrays.stream(field(row, name).split(",", -1)).filter(tag -> !tag.isEmpty()).toList();
  }
}
