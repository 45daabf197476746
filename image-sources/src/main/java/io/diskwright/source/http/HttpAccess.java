package io.diskwright.source.http;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.config.Sizes;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.ImageData;
import java.util.Map;

/**
 * What image sources share that reach theirs over HTTP: connections, the threads that wait for
 * servers, tries that are repeated, downloads that go on after a cut. Any thread, until it is
 * closed.
 */
public final class HttpAccess implements AutoCloseable {
  private static final String OPEN = "open image";

  private final HttpSettings settings;
  private final Tuning tuning;
  private final Transport transport;
  private final Workers workers = new Workers();
  private final String source;

  private HttpAccess(HttpSettings settings, String source, Transport transport, Tuning tuning) {
    this.settings = settings;
    this.source = source;
    this.transport = transport;
    this.tuning = tuning;
  }

  /**
   * Opens it; contacts nobody.
   *
   * @param settings how servers are reached
   * @param source the id of the image source
   * @param environment the environment variables, which may name proxies
   * @param tuning what has no key
   * @throws DiskException with reason {@code CONFIGURATION}
   */
  public static HttpAccess open(
      HttpSettings settings, String source, Map<String, String> environment, Tuning tuning)
      throws DiskException {
    return open(settings, source, Lookup.SYSTEM, environment, tuning);
  }

  static HttpAccess open(
      HttpSettings settings,
      String source,
      Lookup lookup,
      Map<String, String> environment,
      Tuning tuning)
      throws DiskException {
    Transport transport = new Transport(settings, source, lookup, environment);
    return new HttpAccess(settings, source, transport, tuning);
  }

  /**
   * Fetches something, and returns when that is done or the call is over, whatever is first.
   *
   * @param call deadline, cancellation
   * @param tried what is tried, as it would follow "cannot"
   * @param work what is fetched
   */
  public <T> T run(Call call, String tried, Fetch.Work<T> work) throws DiskException {
    return workers.run(call, tried, work);
  }

  /**
   * Asks a service, again when that may help.
   *
   * @return the answer, whatever its status, unless that passes
   * @throws DiskException when there is none
   */
  public Answer get(Service service, HttpUrl url, Fetch fetch) throws DiskException {
    return ask(service, url, Request.of("GET", Map.of("Accept", "application/json")), fetch);
  }

  /**
   * Sends JSON to a service, again when that may help; it must do no harm to do so twice.
   *
   * @return the answer, whatever its status, unless that passes
   * @throws DiskException when there is none
   */
  public Answer post(Service service, HttpUrl url, String json, Fetch fetch) throws DiskException {
    Map<String, String> headers = Map.of("Accept", "application/json");
    return ask(service, url, new Request("POST", headers, json), fetch);
  }

  private Answer ask(Service service, HttpUrl url, Request request, Fetch fetch)
      throws DiskException {
    Requests requests = requests(service);
    return requests.patience(false).until(() -> requests.ask(request, url, fetch), fetch);
  }

  /**
   * Opens an image whose bytes never change at its URL, as long as they are there.
   *
   * @param service who has it
   * @param url where its bytes are
   * @param length how many there are
   * @param digestIsChecked whether somebody will compare all of them with a digest
   * @param call bounds all that is done with the image
   * @return the image; the caller closes it
   * @throws DiskException with {@code IMAGE_UNACCEPTABLE} when it is empty, larger than allowed or
   *     of another length, and what the service says
   */
  public ImageData open(
      Service service, HttpUrl url, long length, boolean digestIsChecked, Call call)
      throws DiskException {
    Requests requests = requests(service);
    Place asked = Place.asked(url);
    requireAcceptable(asked, length, OPEN);
    Probe.Found found =
        workers.run(call, OPEN, fetch -> new Probe(requests).findByRange(asked, fetch));
    long served = found.facts().length();
    if (served >= 0 && served != length) {
      throw Failures.changed(
          OPEN, found.place(), "it had %d bytes, and has %d now".formatted(length, served));
    }
    Facts facts = Facts.immutable(length, found.facts().ranges());
    return data(
        new Resource(requests, asked, found.place(), facts, digestIsChecked, settings.sizeLimit()),
        call);
  }

  ImageData data(Resource resource, Call call) {
    return new HttpImageData(resource, settings.connections(), tuning.fast(), workers, call);
  }

  long sizeLimit() {
    return settings.sizeLimit();
  }

  Requests requests(Service service) {
    return new Requests(transport, settings.redirectLimit(), tuning, service);
  }

  void requireAcceptable(Place place, long length, String tried) throws DiskException {
    if (length == 0) {
      throw Failures.unacceptable(tried, place, "it is empty", "name a file that holds an image");
    }
    if (length > settings.sizeLimit()) {
      throw Failures.unacceptable(
          tried,
          place,
          "it has %d bytes, above the limit of %s"
              .formatted(length, Sizes.format(settings.sizeLimit())),
          "use another image, or raise sources.%s.size-limit".formatted(source));
    }
  }

  @Override
  public void close() {
    workers.close();
    transport.close();
  }
}
