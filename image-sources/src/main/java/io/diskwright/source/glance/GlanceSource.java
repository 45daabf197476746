package io.diskwright.source.glance;

import io.diskwright.source.http.HttpAccess;
import io.diskwright.source.http.HttpSettings;
import io.diskwright.source.http.HttpUrl;
import io.diskwright.source.http.Tuning;
import io.diskwright.source.openstack.Cloud;
import io.diskwright.source.openstack.Clouds;
import io.diskwright.source.openstack.Session;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** Images of Glance. */
final class GlanceSource implements ImageSource {
  private static final String FIND = "find image";
  private static final String OPEN = "open image";

  private final HttpAccess access;
  private final Glance glance;

  private GlanceSource(HttpAccess access, Glance glance) {
    this.access = access;
    this.glance = glance;
  }

  /**
   * Opens the source; contacts nobody.
   *
   * @param environment the environment variables: {@code OS_*}, and proxies
   * @param tuning what has no key
   * @throws DiskException with reason {@code CONFIGURATION}
   */
  static GlanceSource open(GlanceSettings settings, Map<String, String> environment, Tuning tuning)
      throws DiskException {
    if (settings.endpoint().isPresent() && settings.cloud().isEmpty()) {
      HttpAccess access = open(settings.http(), environment, tuning);
      return new GlanceSource(access, new Glance(access, Session.anonymous(), settings.endpoint()));
    }
    Cloud cloud = Clouds.of(environment, settings.cloudsFile()).find(settings.cloud());
    HttpSettings http =
        cloud.caFile().map(Path::of).map(settings.http()::orCaFile).orElse(settings.http());
    HttpAccess access = open(http, environment, tuning);
    try {
      Session session =
          Session.of(cloud, access, GlanceSourceProvider.ID, settings.region(), settings.kind());
      return new GlanceSource(access, new Glance(access, session, settings.endpoint()));
    } catch (DiskException e) {
      access.close();
      throw e;
    }
  }

  private static HttpAccess open(HttpSettings http, Map<String, String> environment, Tuning tuning)
      throws DiskException {
    return HttpAccess.open(http, GlanceSourceProvider.ID, environment, tuning);
  }

  @Override
  public Image resolve(ImageRequest request, Call call) throws DiskException {
    GlanceReference reference = GlanceReference.parse(request.reference());
    if (request.digestFile().isPresent()) {
      throw DiskException.of(Reason.INVALID_REQUEST, FIND)
          .resource(reference.toString())
          .said("Glance has no file beside an image that lists digests")
          .remedy("leave it out: Glance has the image's hash, which is verified")
          .build();
    }
    GlanceImage found = access.run(call, FIND, fetch -> glance.find(reference, fetch));
    found.requireActive(FIND);
    return found.toImage(request, FIND);
  }

  @Override
  public Optional<Image> recall(ImageRequest request) throws DiskException {
    GlanceReference reference = GlanceReference.parse(request.reference());
    return reference.id()
        ? Optional.of(Image.builder(GlanceSourceProvider.ID, reference.text()).build())
        : Optional.empty();
  }

  /** An image that is active never gets other bytes, and always has a size. */
  @Override
  public ImageData open(Image image, Call call) throws DiskException {
    HttpUrl url = access.run(call, OPEN, fetch -> glance.dataUrl(image.id(), fetch));
    return access.open(
        new GlanceData(glance, image.id()),
        url,
        image.length().orElse(0),
        image.digest().isPresent(),
        call);
  }

  @Override
  public boolean tellsLocations() {
    return true;
  }

  @Override
  public void close() {
    access.close();
  }
}
