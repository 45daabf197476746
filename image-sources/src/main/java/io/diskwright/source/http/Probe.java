package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import java.util.Map;
import java.util.Set;

/** Finds out what a server says of an image, without fetching it; any thread. */
final class Probe {
  /** What servers answer that do not know HEAD, or sign URLs for GET only. */
  private static final Set<Integer> HEAD_REFUSED = Set.of(401, 403, 405, 501);

  private final Requests requests;

  Probe(Requests requests) {
    this.requests = requests;
  }

  /**
   * What was found.
   *
   * @param place where redirects led
   * @param facts what the server there said
   */
  record Found(Place place, Facts facts) {}

  /** Asks for the head only, or for the first byte where that is refused. */
  Found find(Place start, Fetch fetch) throws DiskException {
    Patience patience = requests.patience(false);
    while (true) {
      try {
        return findOnce(start, fetch);
      } catch (Setback e) {
        patience.afterSetback(e, fetch);
      }
    }
  }

  private Found findOnce(Place start, Fetch fetch) throws Setback, DiskException {
    try (Answer head = requests.send("HEAD", start, Map.of(), fetch)) {
      if (head.status() == 200 && head.length().orElse(0) > 0) { // 0: many do not count for HEAD
        return new Found(head.place(), Facts.of(head));
      }
      if (head.status() != 200 && !HEAD_REFUSED.contains(head.status())) {
        throw Failures.status(head, fetch.tried());
      }
    }
    return findByRange(start, fetch);
  }

  /** Asks for the first byte, which also shows whether the server hands out parts. */
  Found findByRange(Place start, Fetch fetch) throws Setback, DiskException {
    Map<String, String> range = Map.of("Range", "bytes=0-0");
    try (Answer answer = requests.send("GET", start, range, fetch)) {
      return switch (answer.status()) {
        case 200 -> new Found(answer.place(), Facts.of(answer).withRanges(false));
        case 206 -> new Found(answer.place(), Facts.of(answer));
        case 416 ->
            new Found(answer.place(), new Facts(null, null, null, false, emptyOr(answer), null));
        default -> throw Failures.status(answer, fetch.tried());
      };
    }
  }

  /** An image of no bytes has no first one. */
  private static long emptyOr(Answer answer) {
    return answer.range().map(Answer.Range::total).orElse(-1L);
  }
}
