package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sends requests and follows redirects as far as that is safe; any thread. */
final class Requests {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);

  private final Transport transport;
  private final int redirectLimit;
  private final Tuning tuning;

  Requests(Transport transport, int redirectLimit, Tuning tuning) {
    this.transport = transport;
    this.redirectLimit = redirectLimit;
    this.tuning = tuning;
  }

  /**
   * Returns how often something is tried again.
   *
   * @param reached whether the server has been reached before
   */
  Patience patience(boolean reached) {
    return new Patience(tuning.pause(), reached);
  }

  /**
   * Sends a request, and returns the first answer that is no redirect.
   *
   * @throws Setback when there is none
   */
  Response send(String method, Place start, Map<String, String> headers, Fetch fetch)
      throws Setback, DiskException {
    Place place = start;
    for (int followed = 0; ; followed++) {
      Response response = sendOnce(method, place, headers, fetch);
      Optional<String> location =
          REDIRECTS.contains(response.status()) ? response.header("Location") : Optional.empty();
      if (location.isEmpty()) {
        return response;
      }
      response.close();
      if (followed == redirectLimit) {
        throw tooMany(start, fetch);
      }
      place = new Place(follow(response.place(), location.get(), fetch), true);
    }
  }

  private Response sendOnce(String method, Place place, Map<String, String> headers, Fetch fetch)
      throws Setback, DiskException {
    try {
      return transport.send(method, place, headers, fetch);
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      fetch.check(); // it may be us who cut the connection
      throw Failures.network(e, place, fetch.tried());
    }
  }

  private static HttpUrl follow(Place from, String location, Fetch fetch) throws Setback {
    HttpUrl next;
    try {
      next = from.url().resolve(location);
    } catch (IllegalArgumentException e) {
      String said = "the server redirects to what cannot be followed: " + e.getMessage();
      throw Failures.refused(fetch.tried(), from, said, null);
    }
    if (from.url().secure() && !next.secure()) {
      String said = "the server redirects from https to http (%s)".formatted(next);
      throw Failures.refused(fetch.tried(), from, said, null);
    }
    return next;
  }

  private Setback tooMany(Place start, Fetch fetch) {
    return new Setback(
        Setback.Kind.FINAL,
        Failures.failure(Reason.UNAVAILABLE, fetch.tried(), start)
            .said("it leads to more than %d redirects in a row".formatted(redirectLimit))
            .remedy("name the URL that they should end at, or raise sources.http.redirect-limit")
            .build());
  }
}
