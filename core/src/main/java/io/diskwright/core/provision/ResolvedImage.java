package io.diskwright.core.provision;

import io.diskwright.core.export.FallbackHost;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.NotFoundException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.util.Optional;

/**
 * An image that is asked for: what its source offers, or what is known of it when it is gone there.
 * One thread.
 */
final class ResolvedImage {
  /** A base by this validator was inspected as today's rules ask for, or is not found. */
  private static final String GONE = "gone from its source, rules " + InspectionRules.VERSION;

  private final Image image;
  private final Optional<ImageSource> source;
  private final Optional<FallbackHost> fallback;
  private final Optional<BaseKey> cachedAs;
  private boolean vanished;

  private ResolvedImage(
      Image image,
      Optional<ImageSource> source,
      Optional<FallbackHost> fallback,
      Optional<BaseKey> cachedAs) {
    this.image = image;
    this.source = source;
    this.fallback = fallback;
    this.cachedAs = cachedAs;
  }

  /** Returns what a source offers. */
  static ResolvedImage of(ImageSource source, ImageRequest request, Call call)
      throws DiskException {
    Image image = source.resolve(request, call);
    return new ResolvedImage(image, Optional.of(source), Optional.empty(), Optional.empty());
  }

  /** Returns an image that is gone, of which the pool has a base. */
  static ResolvedImage cached(Image recalled, ImageRequest request, BaseKey base) {
    return new ResolvedImage(
        gone(recalled, request), Optional.empty(), Optional.empty(), Optional.of(base));
  }

  /**
   * Returns an image that is gone, whose base is filled from another host's. It has a key of its
   * own: a base that anybody finds is filled from its source only.
   */
  static ResolvedImage elsewhere(Image recalled, ImageRequest request, FallbackHost host) {
    return new ResolvedImage(
        gone(recalled, request), Optional.empty(), Optional.of(host), Optional.empty());
  }

  private static Image gone(Image recalled, ImageRequest request) {
    Image.Builder image = Image.builder(recalled.source(), recalled.id()).validator(GONE);
    request.format().ifPresent(image::format);
    request.digest().ifPresent(image::digest);
    return image.build();
  }

  Image image() {
    return image;
  }

  /** Returns whether its source tells where its images lie. */
  boolean tellsLocations() {
    return source.isPresent() && source.get().tellsLocations();
  }

  boolean isGone() {
    return source.isEmpty();
  }

  /** Returns the host whose cache has it. */
  Optional<FallbackHost> fallback() {
    return fallback;
  }

  /** Returns the base that it has, whatever its key would be. */
  Optional<BaseKey> cachedAs() {
    return cachedAs;
  }

  /**
   * Opens its bytes.
   *
   * @throws NotFoundException when it is gone; then it {@link #hasVanished}
   */
  ImageData open(Call call) throws DiskException {
    try {
      if (source.isPresent()) {
        return source.get().open(image, call);
      }
    } catch (NotFoundException e) {
      vanished = true;
      throw e;
    }
    vanished = true;
    throw DiskException.of(Reason.NOT_FOUND, "open image")
        .resource(image.toString())
        .said("it is gone from its source, and so is its base")
        .remedy("name another image")
        .build();
  }

  /** Returns whether it could not be opened because it was gone. */
  boolean hasVanished() {
    return vanished;
  }
}
