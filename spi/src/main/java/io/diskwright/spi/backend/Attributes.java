package io.diskwright.spi.backend;

import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;

/** Reads single attributes of a record. */
final class Attributes {
  private Attributes() {}

  static String text(Map<String, String> attributes, String key) {
    String value = attributes.get(key);
    if (value == null) {
      throw new IllegalArgumentException("attribute (%s) is missing".formatted(key));
    }
    return value;
  }

  static long number(Map<String, String> attributes, String key) {
    String value = text(attributes, key);
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "attribute %s (%s) must be a number".formatted(key, value), e);
    }
  }

  static Instant instant(Map<String, String> attributes, String key) {
    String value = text(attributes, key);
    try {
      return Instant.parse(value);
    } catch (DateTimeParseException e) {
      throw new IllegalArgumentException(
          "attribute %s (%s) must be an instant".formatted(key, value), e);
    }
  }
}
