package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Sends requests to a service and follows redirects as far as that is safe; any thread. */
final class Requests {
  private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
  private static final int UNAUTHORIZED = 401;
  private static final int MOST_AUTHORIZATIONS = 5;

  private final Transport transport;
  private final int redirectLimit;
  private final Tuning tuning;
  private final Service service;

  Requests(Transport transport, int redirectLimit, Tuning tuning, Service service) {
    this.transport = transport;
    this.redirectLimit = redirectLimit;
    this.tuning = tuning;
    this.service = service;
  }

  /**
   * Returns how often something is tried again.
   *
   * @param reached whether the server has been reached before
   */
  Patience patience(boolean reached) {
    return new Patience(tuning.pause(), reached);
  }

  /** Returns a key of the image source, as remedies name it. */
  String key(String name) {
    return "sources.%s.%s".formatted(service.source(), name);
  }

  /**
   * Sends a request, and returns the first answer that is no redirect.
   *
   * @throws Setback when there is none
   */
  Response send(Request request, Place start, Fetch fetch) throws Setback, DiskException {
    Place place = start;
    for (int followed = 0; ; followed++) {
      Response response = sendOnce(request, place, fetch);
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

  private Response sendOnce(Request request, Place place, Fetch fetch)
      throws Setback, DiskException {
    try {
      return place.redirected()
          ? transport.send(request, place, fetch)
          : sendAuthorized(request, place, fetch);
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw setback(e, place, fetch);
    }
  }

  /**
   * What lets requests in may run out at any time, also while a busy server has a request: then it
   * is asked for anew. Something new that is refused, and has not run out, is refused for good.
   */
  private Response sendAuthorized(Request request, Place place, Fetch fetch)
      throws IOException, DiskException {
    Map<String, String> authorization = service.authorization(Map.of(), fetch);
    for (int tries = 1; ; tries++) {
      Response response = transport.send(request.with(authorization), place, fetch);
      if (response.status() != UNAUTHORIZED || tries == MOST_AUTHORIZATIONS) {
        return response;
      }
      Map<String, String> refused = tries == 1 ? authorization : Map.of();
      Map<String, String> other;
      try {
        other = service.authorization(refused, fetch);
      } catch (DiskException | RuntimeException e) {
        response.close();
        throw e;
      }
      if (other.equals(authorization)) {
        return response;
      }
      response.close();
      authorization = other;
    }
  }

  /** Asks once, and reads the answer whole. */
  Answer ask(Request request, HttpUrl url, Fetch fetch) throws Setback, DiskException {
    Place place = Place.asked(url);
    try (Response response = send(request, place, fetch)) {
      byte[] body = response.readAll(Answer.MOST_BYTES);
      if (Failures.passes(response.status())) {
        throw Failures.status(response, fetch.tried());
      }
      if (body.length > Answer.MOST_BYTES) {
        throw new Setback(
            Setback.Kind.FINAL,
            Failures.failure(Reason.UNAVAILABLE, fetch.tried(), response.place())
                .said("it answers with more than %d bytes".formatted(Answer.MOST_BYTES))
                .remedy("check that the URL is the service's")
                .build());
      }
      return new Answer(response, body);
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw setback(e, place, fetch);
    }
  }

  /** Returns what it means that an answer has no bytes of the image. */
  Setback refusal(Response response, Fetch fetch) throws DiskException {
    Setback usual = Failures.status(response, fetch.tried());
    if (usual.kind() == Setback.Kind.PASSING || response.place().redirected()) {
      return usual;
    }
    response.close(); // to find out more may take a connection
    if (response.status() == UNAUTHORIZED && !service.authorization(Map.of(), fetch).isEmpty()) {
      return notLetIn(response, fetch);
    }
    return service
        .refusal(response.status(), fetch)
        .map(failure -> new Setback(Setback.Kind.FINAL, failure))
        .orElse(usual);
  }

  /** A server that has let us in may only be unable just now to ask whether it should. */
  private static Setback notLetIn(Response response, Fetch fetch) {
    return new Setback(
        Setback.Kind.UNREACHABLE,
        Failures.failure(Reason.PERMISSION_DENIED, fetch.tried(), response.place())
            .said(
                "the server answered %s to what was to let us in, also when that was new"
                    .formatted(response.statusLine()))
            .remedy("check that it belongs to the cloud that has given it, and try again")
            .build());
  }

  /** Returns what an exception of the network means. */
  Setback setback(IOException e, Place place, Fetch fetch) throws DiskException {
    fetch.check(); // it may be us who cut the connection
    return Failures.network(e, place, fetch.tried(), service.source());
  }

  private static HttpUrl follow(Place from, String location, Fetch fetch) throws Setback {
    HttpUrl next;
    try {
      next = from.url().resolve(location);
    } catch (IllegalArgumentException e) {
      throw notFollowed(from, "to what cannot be followed: " + e.getMessage(), fetch);
    }
    if (from.url().secure() && !next.secure()) {
      throw notFollowed(from, "from https to http (%s)".formatted(next), fetch);
    }
    return next;
  }

  private static Setback notFollowed(Place from, String where, Fetch fetch) {
    return Failures.refused(
        fetch.tried(),
        from,
        "the server redirects " + where,
        "name the URL that it leads to yourself, if you trust it");
  }

  private Setback tooMany(Place start, Fetch fetch) {
    return new Setback(
        Setback.Kind.FINAL,
        Failures.failure(Reason.UNAVAILABLE, fetch.tried(), start)
            .said("it leads to more than %d redirects in a row".formatted(redirectLimit))
            .remedy(
                "name the URL that they should end at"
                    + (redirectLimit == 0 ? "" : ", or raise " + key("redirect-limit")))
            .build());
  }
}
