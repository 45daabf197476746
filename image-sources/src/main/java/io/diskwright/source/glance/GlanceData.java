package io.diskwright.source.glance;

import io.diskwright.source.http.Fetch;
import io.diskwright.source.http.Service;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.Map;
import java.util.Optional;

/**
 * Glance, when it is asked for an image's bytes. What its refusal means is in the image's record.
 *
 * @param glance Glance
 * @param id the image's id
 */
record GlanceData(Glance glance, String id) implements Service {
  private static final int FORBIDDEN = 403;
  private static final int NO_CONTENT = 204;

  @Override
  public String source() {
    return glance.source();
  }

  @Override
  public Map<String, String> authorization(Map<String, String> refused, Fetch fetch)
      throws DiskException {
    return glance.authorization(refused, fetch);
  }

  @Override
  public Optional<DiskException> refusal(int status, Fetch fetch) throws DiskException {
    GlanceImage now = glance.byId(id, fetch);
    now.requireActive(fetch.tried());
    DiskException.Builder failure =
        DiskException.of(
                status == FORBIDDEN ? Reason.PERMISSION_DENIED : Reason.UNAVAILABLE, fetch.tried())
            .resource(now.toString());
    return switch (status) {
      case FORBIDDEN ->
          Optional.of(
              failure
                  .said("Glance shows the image, but does not hand out its bytes (403)")
                  .remedy("have the user allowed to (Glance's policy download_image)")
                  .build());
      case NO_CONTENT ->
          Optional.of(
              failure
                  .said("Glance has no bytes of it (204), although it is active")
                  .remedy("check the image's locations and Glance's stores")
                  .build());
      default -> Optional.empty();
    };
  }
}
