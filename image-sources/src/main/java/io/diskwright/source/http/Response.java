package io.diskwright.source.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/** The head of a server's response, and its body as it comes; one thread. */
final class Response implements AutoCloseable {
  private static final Pattern CONTENT_RANGE =
      Pattern.compile("bytes (?:(\\d{1,18})-(\\d{1,18})|\\*)/(\\d{1,18}|\\*)");
  private static final int LONGEST_REASON = 60;

  /**
   * Which bytes a partial response has.
   *
   * @param first the offset of the first
   * @param last the offset of the last; less than {@code first} when there are none
   * @param total how many there are in all; -1 when the server does not know
   */
  record Range(long first, long last, long total) {}

  private final Place place;
  private final Cancellable request;
  private final ClassicHttpResponse response;
  private @Nullable InputStream body;

  Response(Place place, Cancellable request, ClassicHttpResponse response) {
    this.place = place;
    this.request = request;
    this.response = response;
  }

  /** Returns who answered. */
  Place place() {
    return place;
  }

  int status() {
    return response.getCode();
  }

  /** Returns status and reason, as a person may see them. */
  String statusLine() {
    @Nullable String reason = response.getReasonPhrase();
    String text = reason == null ? "" : reason.replaceAll("[^\\x20-\\x7e]", "?").strip();
    return (status() + " " + text.substring(0, Math.min(text.length(), LONGEST_REASON))).strip();
  }

  Optional<String> header(String name) {
    @Nullable Header header = response.getFirstHeader(name);
    return Optional.ofNullable(header).map(Header::getValue).map(String::strip);
  }

  /** Returns which bytes these are, when the server says so in a way that can be understood. */
  Optional<Range> range() {
    Matcher range = CONTENT_RANGE.matcher(header("Content-Range").orElse(""));
    if (!range.matches()) {
      return Optional.empty();
    }
    long total = range.group(3).equals("*") ? -1 : Long.parseLong(range.group(3));
    return Optional.of(
        range.group(1) == null
            ? new Range(0, -1, total)
            : new Range(Long.parseLong(range.group(1)), Long.parseLong(range.group(2)), total));
  }

  /** Returns the length of the body, when it is said; also of a body that is not sent. */
  OptionalLong length() {
    String text = header("Content-Length").orElse("");
    boolean chunked = header("Transfer-Encoding").isPresent();
    return !chunked && text.matches("\\d{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  /** Returns whether a cut through the body would be noticed. */
  boolean endIsMarked() {
    @Nullable HttpEntity entity = response.getEntity();
    return entity == null || entity.isChunked() || entity.getContentLength() >= 0;
  }

  /** Returns for how long the server wants to be left alone. */
  Optional<Duration> retryAfter() {
    String text = header("Retry-After").orElse("");
    if (text.matches("\\d{1,9}")) {
      return Optional.of(Duration.ofSeconds(Long.parseLong(text)));
    }
    return date("Retry-After")
        .flatMap(then -> date("Date").map(now -> Duration.between(now, then)))
        .filter(wait -> !wait.isNegative());
  }

  Optional<ZonedDateTime> date(String name) {
    try {
      return header(name)
          .map(text -> ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Reads of the body as {@link InputStream#read(byte[], int, int)} does. */
  int read(byte[] target, int offset, int length) throws IOException {
    if (body == null) {
      @Nullable HttpEntity entity = response.getEntity();
      if (entity == null) {
        return -1;
      }
      body = entity.getContent();
    }
    return body.read(target, offset, length);
  }

  /** Returns the whole body, or {@code most} bytes of it and one more. */
  byte[] readAll(int most) throws IOException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] some = new byte[8192];
    while (all.size() <= most) {
      int read = read(some, 0, Math.min(some.length, most + 1 - all.size()));
      if (read < 0) {
        break;
      }
      all.write(some, 0, read);
    }
    return all.toByteArray();
  }

  /** Ends it. The connection is kept when the body has been read to its end. */
  @Override
  public void close() {
    request.cancel();
  }
}
