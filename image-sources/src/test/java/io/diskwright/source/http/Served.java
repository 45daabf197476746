package io.diskwright.source.http;

import io.diskwright.source.http.TestServer.Connection;
import io.diskwright.source.http.TestServer.Request;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** An image as a good server serves it, with what tests vary; set up before the first request. */
final class Served implements TestServer.Handler {
  static final String OLD = "Last-Modified: Mon, 01 Jan 2024 10:00:00 GMT";
  static final String DATE = "Date: Mon, 02 Feb 2026 10:00:00 GMT";

  final byte[] content;
  volatile String tag = "\"v1\"";
  volatile boolean ranges = true;
  volatile boolean saysRanges = true;
  volatile boolean head = true;
  volatile boolean dated = true;

  private Served(byte[] content) {
    this.content = content;
  }

  static Served random(long seed, int length) {
    byte[] content = new byte[length];
    new Random(seed).nextBytes(content);
    return new Served(content);
  }

  Served withTag(String other) {
    tag = other;
    return this;
  }

  Served withoutRanges() {
    ranges = false;
    saysRanges = false;
    return this;
  }

  List<String> headers() {
    List<String> headers = new ArrayList<>();
    headers.add(DATE);
    if (dated) {
      headers.add(OLD);
    }
    if (tag != null) {
      headers.add("ETag: " + tag);
    }
    if (saysRanges) {
      headers.add("Accept-Ranges: bytes");
    }
    return headers;
  }

  @Override
  public void answer(Request request, Connection connection) throws IOException {
    if (request.method().equals("HEAD")) {
      if (head) {
        connection.head(200, with("Content-Length: " + content.length));
      } else {
        connection.empty(405);
      }
      return;
    }
    long from = begin(request, connection);
    connection.write(content, from, end(request));
  }

  /**
   * Sends the head of the response to a GET, and returns the offset of the first byte of its body.
   */
  long begin(Request request, Connection connection) throws IOException {
    if (!isPart(request)) {
      connection.head(200, with("Content-Length: " + content.length));
      return 0;
    }
    long from = request.from();
    long end = end(request);
    connection.head(
        206,
        with(
            "Content-Length: " + (end - from),
            "Content-Range: bytes %d-%d/%d".formatted(from, end - 1, content.length)));
    return from;
  }

  long end(Request request) {
    return isPart(request) ? request.end(content.length) : content.length;
  }

  private boolean isPart(Request request) {
    String condition = request.header("If-Range").orElse(null);
    boolean same = condition == null || condition.equals(tag) || OLD.endsWith(condition);
    return ranges && request.asksForPart() && same;
  }

  String[] with(String... more) {
    List<String> all = headers();
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }
}
