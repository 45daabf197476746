package io.diskwright.source.glance;

import io.diskwright.source.http.Answer;
import io.diskwright.source.http.Fetch;
import io.diskwright.source.http.HttpAccess;
import io.diskwright.source.http.HttpUrl;
import io.diskwright.source.http.Service;
import io.diskwright.source.openstack.Json;
import io.diskwright.source.openstack.Session;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks Glance for its records of images (Image API v2); any thread. */
final class Glance implements Service {
  private static final int MOST_LISTED = 20;

  private final HttpAccess access;
  private final Session session;
  private final Optional<String> endpoint;

  /**
   * Makes one; contacts nobody.
   *
   * @param endpoint Glance's URL; else the catalogue's
   */
  Glance(HttpAccess access, Session session, Optional<String> endpoint) {
    this.access = access;
    this.session = session;
    this.endpoint = endpoint;
  }

  @Override
  public String source() {
    return GlanceSourceProvider.ID;
  }

  @Override
  public Map<String, String> authorization(Map<String, String> refused, Fetch fetch)
      throws DiskException {
    return session.authorization(refused, fetch);
  }

  @Override
  public Optional<DiskException> refusal(int status, Fetch fetch) {
    return Optional.empty();
  }

  /**
   * Finds the image that is meant.
   *
   * @throws DiskException with reason {@code NOT_FOUND}, {@code INVALID_REQUEST} when several have
   *     its name, {@code PERMISSION_DENIED}, {@code UNAVAILABLE}, {@code CONFIGURATION}
   */
  GlanceImage find(GlanceReference reference, Fetch fetch) throws DiskException {
    return reference.id() ? byId(reference.text(), fetch) : byName(reference, fetch);
  }

  GlanceImage byId(String id, Fetch fetch) throws DiskException {
    HttpUrl url = url("/v2/images/" + id, fetch);
    return new GlanceImage(ask(url, GlanceSourceProvider.ID + ':' + id, fetch), fetch.tried());
  }

  private GlanceImage byName(GlanceReference reference, Fetch fetch) throws DiskException {
    String name = URLEncoder.encode(reference.text(), StandardCharsets.UTF_8);
    HttpUrl url = url("/v2/images?limit=%d&name=%s".formatted(MOST_LISTED, name), fetch);
    Json answer = ask(url, reference.toString(), fetch);
    List<GlanceImage> found = new ArrayList<>();
    for (Json each : answer.objects("images")) {
      if (each.text("name").filter(reference.text()::equals).isPresent()) {
        found.add(new GlanceImage(each, fetch.tried()));
      }
    }
    if (found.isEmpty()) {
      throw notFound(reference.toString(), "Glance shows no image of this name", fetch);
    }
    if (found.size() > 1) {
      String more = answer.text("next").isPresent() ? ", and more" : "";
      throw DiskException.of(Reason.INVALID_REQUEST, fetch.tried())
          .resource(reference.toString())
          .said(
              "more than one image has this name: "
                  + String.join(", ", found.stream().map(GlanceImage::shown).toList())
                  + more)
          .remedy("name the one that you want by its id")
          .build();
    }
    return found.get(0);
  }

  /** Returns where an image's bytes are. */
  HttpUrl dataUrl(String id, Fetch fetch) throws DiskException {
    return url("/v2/images/%s/file".formatted(id), fetch);
  }

  private HttpUrl url(String path, Fetch fetch) throws DiskException {
    String root = endpoint.isPresent() ? endpoint.get() : session.endpoint("image", fetch);
    try {
      // Catalogues name it with a version or without.
      return HttpUrl.parse(
          root.replaceFirst("/+$", "").replaceFirst("/v[12](\\.\\d+)?$", "") + path);
    } catch (IllegalArgumentException e) {
      throw DiskException.of(Reason.CONFIGURATION, fetch.tried())
          .resource(GlanceSourceProvider.ID)
          .said("Glance's endpoint is wrong: " + e.getMessage())
          .remedy("set sources.glance.endpoint, or mend the catalogue")
          .build();
    }
  }

  private Json ask(HttpUrl url, String resource, Fetch fetch) throws DiskException {
    Answer answer = access.get(this, url, fetch);
    try {
      if (answer.status() == 200) {
        return Json.parse(answer.text());
      }
    } catch (IllegalArgumentException e) {
      throw noGlance(url, answer.statusLine() + ", and " + e.getMessage(), fetch);
    }
    throw switch (answer.status()) {
      case 401 -> refused(resource, answer.statusLine(), fetch);
      case 403 ->
          DiskException.of(Reason.PERMISSION_DENIED, fetch.tried())
              .resource(resource)
              .said("Glance answered " + answer.statusLine())
              .remedy("have the user allowed to see the image (Glance's policy get_image)")
              .build();
      case 404, 410 -> notFound(resource, "Glance answered " + answer.statusLine(), fetch);
      default -> noGlance(url, answer.statusLine(), fetch);
    };
  }

  private DiskException refused(String resource, String statusLine, Fetch fetch) {
    return DiskException.of(Reason.PERMISSION_DENIED, fetch.tried())
        .resource(resource)
        .said(
            session.isAuthenticated()
                ? "Glance does not take the token that Keystone has just given: " + statusLine
                : "Glance asks for a token: " + statusLine)
        .remedy(
            session.isAuthenticated()
                ? "check that Keystone and Glance are of one cloud"
                : "set sources.glance.cloud or OS_CLOUD")
        .build();
  }

  private static DiskException notFound(String resource, String said, Fetch fetch) {
    return DiskException.of(Reason.NOT_FOUND, fetch.tried())
        .resource(resource)
        .said(said)
        .remedy("check id or name, and that the image is shared with the project")
        .build();
  }

  private static DiskException noGlance(HttpUrl url, String said, Fetch fetch) {
    return DiskException.of(Reason.UNAVAILABLE, fetch.tried())
        .resource(url.toString())
        .said("it answered " + said)
        .remedy("check that this is the URL of Glance, version 2")
        .build();
  }
}
