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
    return requests.patience(false).until(() -> findOnce(start, fetch), fetch);
  }

  private Found findOnce(Place start, Fetch fetch) throws Setback, DiskException {
    try (Response head = requests.send(Request.of("HEAD", Map.of()), start, fetch)) {
      if (head.status() == 200 && head.length().orElse(0) > 0) { // 0: many do not count for HEAD
        return new Found(head.place(), Facts.of(head));
      }
      if (head.status() != 200 && !HEAD_REFUSED.contains(head.status())) {
        throw requests.refusal(head, fetch);
      }
    }
    return findByRangeOnce(start, fetch);
  }

  /** Asks for the first byte, which also shows whether the server hands out parts. */
  Found findByRange(Place start, Fetch fetch) throws DiskException {
    return requests.patience(false).until(() -> findByRangeOnce(start, fetch), fetch);
  }

  private Found findByRangeOnce(Place start, Fetch fetch) throws Setback, DiskException {
    Map<String, String> range = Map.of("Range", "bytes=0-0");
    try (Response response = requests.send(Request.of("GET", range), start, fetch)) {
      return switch (response.status()) {
        case 200 -> new Found(response.place(), Facts.of(response).withRanges(false));
        case 206 -> new Found(response.place(), Facts.of(response));
        case 400 -> findWholeOnce(start, fetch);
        case 416 ->
            new Found(
                response.place(),
                new Facts(null, null, null, false, emptyOr(response), false, null));
        default -> throw requests.refusal(response, fetch);
      };
    }
  }

  /** Some that hand out no parts refuse to be asked for one, as Glance does for many stores. */
  private Found findWholeOnce(Place start, Fetch fetch) throws Setback, DiskException {
    try (Response response = requests.send(Request.of("GET", Map.of()), start, fetch)) {
      if (response.status() != 200) {
        throw requests.refusal(response, fetch);
      }
      return new Found(response.place(), Facts.of(response).withRanges(false));
    }
  }

  /** An image of no bytes has no first one. */
  private static long emptyOr(Response response) {
    return response.range().map(Response.Range::total).orElse(-1L);
  }
}
