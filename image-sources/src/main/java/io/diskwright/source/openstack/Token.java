package io.diskwright.source.openstack;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * A token of Keystone, and the catalogue that came with it; immutable. Its id is never shown.
 *
 * @param id what lets requests in
 * @param renewAt when to get another one, by {@link System#nanoTime}
 * @param catalogue the services of the cloud
 */
record Token(String id, long renewAt, List<Endpoint> catalogue) {
  private static final Duration LONGEST_MARGIN = Duration.ofMinutes(1);

  /**
   * Where a service is.
   *
   * @param type what service it is, such as {@code image}
   * @param kind {@code public}, {@code internal} or {@code admin}
   * @param region the region
   * @param url the URL
   */
  record Endpoint(String type, String kind, String region, String url) {}

  /**
   * Reads what Keystone answers.
   *
   * @param id the answer's header {@code X-Subject-Token}
   * @param token the answer's member {@code token}
   * @param asked when it was asked for, by {@link System#nanoTime}
   */
  static Token of(String id, Json token, long asked) {
    List<Endpoint> catalogue = new ArrayList<>();
    for (Json service : token.objects("catalog")) {
      for (Json endpoint : service.objects("endpoints")) {
        catalogue.add(
            new Endpoint(
                service.text("type").orElse(""),
                endpoint.text("interface").orElse(""),
                endpoint.text("region_id").or(() -> endpoint.text("region")).orElse(""),
                endpoint.text("url").orElse("")));
      }
    }
    return new Token(id, asked + usable(token).toNanos(), List.copyOf(catalogue));
  }

  /** Both times are Keystone's, whose clock may differ from ours; somewhat before its end. */
  private static Duration usable(Json token) {
    try {
      Instant from = Instant.parse(token.text("issued_at").orElse(""));
      Instant to = Instant.parse(token.text("expires_at").orElse(""));
      Duration all = Duration.between(from, to);
      Duration margin = all.dividedBy(10);
      return all.minus(margin.compareTo(LONGEST_MARGIN) < 0 ? margin : LONGEST_MARGIN);
    } catch (DateTimeException e) {
      return Duration.ofMinutes(5); // an answer of 401 tells when it is over
    }
  }

  boolean isOver() {
    return System.nanoTime() - renewAt >= 0;
  }

  @Override
  public String toString() {
    return "token";
  }
}
