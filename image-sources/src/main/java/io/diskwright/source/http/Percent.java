package io.diskwright.source.http;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;

/** Percent-encoding of parts of URLs. */
final class Percent {
  private Percent() {}

  /** Encodes all but letters, digits and what no URL gives a meaning to. */
  static String encode(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = each > 0 && (Character.isLetterOrDigit(each) || "._-~".indexOf(each) >= 0);
      encoded.append(plain ? Character.toString(each) : "%%%02X".formatted(each & 0xff));
    }
    return encoded.toString();
  }

  /** Decodes; what is not encoded as it should be stays as it is. */
  static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return text;
    }
  }
}
