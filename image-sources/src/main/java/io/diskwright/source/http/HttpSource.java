package io.diskwright.source.http;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.toolkit.source.DigestList;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Images at HTTP servers. */
final class HttpSource implements ImageSource {
  private static final String FIND = "find image";
  private static final String OPEN = "open image";

  private final HttpAccess access;
  private final Requests requests;

  private HttpSource(HttpAccess access) {
    this.access = access;
    this.requests = access.requests(new OpenServer(HttpSourceProvider.ID));
  }

  /**
   * Opens the source; contacts nobody.
   *
   * @param lookup how hosts are looked up
   * @param environment the environment variables, which may name proxies
   * @param tuning what has no key
   */
  static HttpSource open(
      HttpSettings settings, Lookup lookup, Map<String, String> environment, Tuning tuning)
      throws DiskException {
    return new HttpSource(
        HttpAccess.open(settings, HttpSourceProvider.ID, lookup, environment, tuning));
  }

  /**
   * How an image is reached: its id does not show what lets one read it.
   *
   * @param asked the URL that the asker named, with all that is secret in it
   * @param found what its server said; null when it was not asked
   */
  private record Handle(HttpUrl asked, Probe.@Nullable Found found) {}

  /** With a digest, the image is known well enough without asking its server. */
  @Override
  public Image resolve(ImageRequest request, Call call) throws DiskException {
    HttpUrl url = HttpUrl.asked(request.reference());
    Optional<String> listName = DigestList.nameOf(request);
    Optional<Digest> digest =
        listName.isPresent()
            ? Optional.of(digestInList(url, listName.get(), call))
            : request.digest();
    Image.Builder image = Image.builder(HttpSourceProvider.ID, url.toString());
    request.format().ifPresent(image::format);
    if (digest.isPresent()) {
      image.digest(digest.get()).validator(digest.get().toString());
      return image.handle(new Handle(url, null)).build();
    }
    Probe.Found found =
        access.run(call, FIND, fetch -> new Probe(requests).find(Place.asked(url), fetch));
    requireAcceptable(found, FIND);
    found.facts().validator().ifPresent(image::validator);
    if (found.facts().length() >= 0) {
      image.length(found.facts().length());
    }
    return image.handle(new Handle(url, found)).build();
  }

  @Override
  public Optional<Image> recall(ImageRequest request) throws DiskException {
    HttpUrl url = HttpUrl.asked(request.reference());
    return Optional.of(Image.builder(HttpSourceProvider.ID, url.toString()).build());
  }

  private Digest digestInList(HttpUrl image, String name, Call call) throws DiskException {
    HttpUrl url = image.sibling(name);
    byte[] list =
        access.run(
            call,
            "read digest file",
            fetch -> SmallFile.read(requests, Place.asked(url), DigestList.MOST_BYTES, fetch));
    if (list.length > DigestList.MOST_BYTES) {
      throw DigestList.tooLong(url.toString());
    }
    return new DigestList(url.toString(), list).find(image.fileName());
  }

  private void requireAcceptable(Probe.Found found, String tried) throws DiskException {
    access.requireAcceptable(found.place(), found.facts().length(), tried);
  }

  /** Asks the server only for what it has not said yet. */
  @Override
  public ImageData open(Image image, Call call) throws DiskException {
    if (!(image.handle().orElse(null) instanceof Handle handle)) {
      throw DiskException.of(Reason.INTERNAL, OPEN)
          .resource(image.id())
          .said("it was not resolved by this image source")
          .remedy("please report it")
          .build();
    }
    Place asked = Place.asked(handle.asked());
    Probe.Found known = handle.found();
    Probe.Found found = known;
    if (found == null || found.facts().ranges() == null) {
      Place start = found == null ? asked : found.place();
      found = access.run(call, OPEN, fetch -> new Probe(requests).findByRange(start, fetch));
      if (known != null) {
        Optional<String> change = known.facts().changeTo(found.facts());
        if (change.isPresent()) {
          throw Failures.changed(OPEN, found.place(), change.get());
        }
      }
      requireAcceptable(found, OPEN);
    }
    Resource resource =
        new Resource(
            requests,
            asked,
            found.place(),
            found.facts(),
            image.digest().isPresent(),
            access.sizeLimit());
    return access.data(resource, call);
  }

  @Override
  public void close() {
    access.close();
  }
}
