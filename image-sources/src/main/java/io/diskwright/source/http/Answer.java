package io.diskwright.source.http;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The answer of a service, read whole. */
public final class Answer {
  /** The most bytes that one may have. */
  static final int MOST_BYTES = 16 * 1024 * 1024;

  private final Response response;
  private final byte[] body;

  Answer(Response response, byte[] body) {
    this.response = response;
    this.body = body;
  }

  /** Returns the status. */
  public int status() {
    return response.status();
  }

  /** Returns status and reason, as a person may see them. */
  public String statusLine() {
    return response.statusLine();
  }

  /** Returns a header. */
  public Optional<String> header(String name) {
    return response.header(name);
  }

  /** Returns the body as text. */
  public String text() {
    return new String(body, StandardCharsets.UTF_8);
  }
}
