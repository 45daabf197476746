package io.diskwright.source.http;

import java.time.Duration;
import java.time.ZonedDateTime;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a server said of an image's bytes.
 *
 * @param strongTag the entity tag that changes with any byte; quoted
 * @param weakTag the entity tag of a server that does not promise that
 * @param modified when it was last modified, as the server wrote it
 * @param settled whether it was last modified so long ago that a change in the same second is ruled
 *     out, which makes {@code modified} as good as a strong tag
 * @param length how many bytes there are; -1 when not said
 * @param immutable whether its server never changes the bytes at a URL
 * @param ranges whether the server hands out parts; null when not said
 */
record Facts(
    @Nullable String strongTag,
    @Nullable String weakTag,
    @Nullable String modified,
    boolean settled,
    long length,
    boolean immutable,
    @Nullable Boolean ranges) {
  private static final Pattern TAG = Pattern.compile("(W/)?\"[\\x21\\x23-\\x7e]{1,200}\"");
  private static final Duration SETTLED = Duration.ofMinutes(1);

  /** Returns the facts of bytes that never change. */
  static Facts immutable(long length, @Nullable Boolean ranges) {
    return new Facts(null, null, null, false, length, true, ranges);
  }

  static Facts of(Response response) {
    String tag = response.header("ETag").filter(text -> TAG.matcher(text).matches()).orElse(null);
    boolean weak = tag != null && tag.startsWith("W/");
    return new Facts(
        weak ? null : tag,
        weak ? tag : null,
        response
            .date("Last-Modified")
            .flatMap(date -> response.header("Last-Modified"))
            .orElse(null),
        isSettled(response),
        response.status() == 206
            ? response.range().map(Response.Range::total).orElse(-1L)
            : response.length().orElse(-1),
        false,
        ranges(response));
  }

  private static boolean isSettled(Response response) {
    Optional<ZonedDateTime> modified = response.date("Last-Modified");
    Optional<ZonedDateTime> now = response.date("Date");
    return modified.isPresent()
        && now.isPresent()
        && Duration.between(modified.get(), now.get()).compareTo(SETTLED) >= 0;
  }

  private static @Nullable Boolean ranges(Response response) {
    if (response.status() == 206) {
      return true;
    }
    return switch (response.header("Accept-Ranges").orElse("")) {
      case "bytes" -> true;
      case "none" -> false;
      default -> null;
    };
  }

  Facts withRanges(boolean known) {
    return new Facts(strongTag, weakTag, modified, settled, length, immutable, known);
  }

  /** Returns what tells that it is still the same. */
  Optional<String> validator() {
    if (strongTag != null) {
      return Optional.of("etag:" + strongTag);
    }
    return modified != null && length >= 0
        ? Optional.of("modified:%s:%d".formatted(modified, length))
        : Optional.empty();
  }

  /** Returns what a server compares before it hands out a part ({@code If-Range}). */
  Optional<String> rangeCondition() {
    return Optional.ofNullable(strongTag != null ? strongTag : settled ? modified : null);
  }

  /** Returns whether parts that are asked for one by one are bound to be of the same bytes. */
  boolean isSameAcrossRequests() {
    return immutable || rangeCondition().isPresent();
  }

  /** Returns how later facts contradict these, as a clause. */
  Optional<String> changeTo(Facts later) {
    if (length >= 0 && later.length >= 0 && length != later.length) {
      return Optional.of("it had %d bytes, and has %d now".formatted(length, later.length));
    }
    if (differ(strongTag, later.strongTag)
        || differ(weakTag, later.weakTag)
        || (strongTag == null && differ(modified, later.modified))) {
      return Optional.of("its ETag or Last-Modified is another one now");
    }
    return Optional.empty();
  }

  private static boolean differ(@Nullable String one, @Nullable String other) {
    return one != null && other != null && !one.equals(other);
  }
}
