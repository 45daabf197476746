package io.diskwright.source.http;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is sent to a place; its headers and body may have secrets, and are never shown.
 *
 * @param method the method
 * @param headers the headers
 * @param json the body, as JSON; null for none
 */
record Request(String method, Map<String, String> headers, @Nullable String json) {
  static Request of(String method, Map<String, String> headers) {
    return new Request(method, headers, null);
  }

  Request with(Map<String, String> more) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.putAll(more);
    return new Request(method, all, json);
  }

  @Override
  public String toString() {
    return method;
  }
}
