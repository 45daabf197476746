package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One image at its server: asks for its bytes, and checks that each answer is of the same image;
 * any thread.
 */
final class Resource {
  private static final Set<Integer> LOST = Set.of(401, 403, 404, 410);

  private final Requests requests;
  private final Place asked;
  private final boolean digestIsChecked;
  private final long sizeLimit;
  private volatile Place place;
  private volatile Facts facts;

  /**
   * Makes one.
   *
   * @param asked what the asker named
   * @param place where that led
   * @param facts what was said of it there
   * @param digestIsChecked whether somebody will compare all bytes with a digest
   */
  Resource(
      Requests requests,
      Place asked,
      Place place,
      Facts facts,
      boolean digestIsChecked,
      long sizeLimit) {
    this.requests = requests;
    this.asked = asked;
    this.place = place;
    this.facts = facts;
    this.digestIsChecked = digestIsChecked;
    this.sizeLimit = sizeLimit;
  }

  Place place() {
    return place;
  }

  Facts facts() {
    return facts;
  }

  long sizeLimit() {
    return sizeLimit;
  }

  /** Returns whether what is read in parts is bound to be of one image. */
  boolean isSameAcrossRequests() {
    return digestIsChecked || facts.isSameAcrossRequests();
  }

  boolean digestIsChecked() {
    return digestIsChecked;
  }

  /**
   * Asks for bytes.
   *
   * @param from the offset of the first
   * @param end the offset behind the last; -1 for all that there are
   * @return an answer whose body begins at {@code from}, or at 0 when its status is 200, as that of
   *     a server that is known to hand out no parts, and is not asked for one
   */
  Response get(long from, long end, Fetch fetch) throws Setback, DiskException {
    Map<String, String> headers = new LinkedHashMap<>();
    boolean part = from > 0 || (end >= 0 && end != facts.length());
    if (part && !Boolean.FALSE.equals(facts.ranges())) {
      headers.put("Range", "bytes=%d-%s".formatted(from, end < 0 ? "" : Long.toString(end - 1)));
      facts.rangeCondition().ifPresent(condition -> headers.put("If-Range", condition));
    }
    Response response = send(Request.of("GET", headers), fetch);
    try {
      verify(response, from, end, fetch);
      return response;
    } catch (Setback | DiskException | RuntimeException e) {
      response.close();
      throw e;
    }
  }

  Requests requests() {
    return requests;
  }

  /** Returns how often a request for its bytes is tried again. */
  Patience patience() {
    return requests.patience(true);
  }

  /** Asks whether it is still the same. */
  void verifyUnchanged(Fetch fetch) throws DiskException {
    refuseChange(factsNow(fetch), fetch);
  }

  private Facts factsNow(Fetch fetch) throws DiskException {
    Place known = place;
    try {
      return new Probe(requests).find(known, fetch).facts();
    } catch (DiskException e) {
      if (known.redirected()
          && (e.reason() == Reason.NOT_FOUND || e.reason() == Reason.PERMISSION_DENIED)) {
        return new Probe(requests).find(asked, fetch).facts();
      }
      throw e;
    }
  }

  /** Where a redirect has led to may be gone after a while, but there may be a new one. */
  private Response send(Request request, Fetch fetch) throws Setback, DiskException {
    Place known = place;
    Response response = requests.send(request, known, fetch);
    if (known.redirected() && LOST.contains(response.status())) {
      response.close();
      response = requests.send(request, asked, fetch);
    }
    place = response.place();
    return response;
  }

  private void verify(Response response, long from, long end, Fetch fetch)
      throws Setback, DiskException {
    switch (response.status()) {
      case 200 -> {
        refuseChange(Facts.of(response), fetch);
        if (!response.endIsMarked() && facts.length() < 0 && !digestIsChecked) {
          throw Failures.unacceptable(
              fetch.tried(),
              response.place(),
              "the server does not say how long it is, so that a cut would not be noticed",
              "declare the image's digest, or use another server");
        }
      }
      case 206 -> {
        refuseChange(Facts.of(response), fetch);
        requireRange(response, from, end, fetch);
      }
      case 412, 416 ->
          throw Failures.changed(
              fetch.tried(), response.place(), "the server answered " + response.statusLine());
      default -> throw requests.refusal(response, fetch);
    }
  }

  private static void requireRange(Response response, long from, long end, Fetch fetch)
      throws Setback {
    Response.Range range = response.range().orElse(new Response.Range(-1, -1, -1));
    if (range.first() != from || range.last() < from || (end >= 0 && range.last() >= end)) {
      throw new Setback(
          Setback.Kind.FINAL,
          Failures.failure(Reason.UNAVAILABLE, fetch.tried(), response.place())
              .said("the server was asked for bytes from %d on, and sent others".formatted(from))
              .remedy("use another server")
              .build());
    }
  }

  private void refuseChange(Facts now, Fetch fetch) throws DiskException {
    Optional<String> change = facts.changeTo(now);
    if (change.isPresent()) {
      throw Failures.changed(fetch.tried(), place, change.get());
    }
  }
}
