package io.diskwright.core.provision;

import io.diskwright.core.export.FallbackHost;
import io.diskwright.core.fill.Verified;
import io.diskwright.core.source.ImageReference;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.NotFoundException;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * An image that is asked for: what its source offers, or what is known of it when it is gone.
 *
 * @param image the image
 * @param opener opens it
 * @param fallback the host whose cache is asked, when it is gone and the pool has no base of it
 * @param cachedAs the base that the pool has of it, when it is gone and there is one
 */
record ResolvedImage(
    Image image, Opener opener, Optional<FallbackHost> fallback, Optional<BaseKey> cachedAs) {
  private static final String GONE = "gone from its source";

  /** Opens an image's bytes. */
  @FunctionalInterface
  interface Opener {
    ImageData open(Image image, Call call) throws DiskException;
  }

  /** Asks an image's source for it. */
  static ResolvedImage of(ImageSources sources, ImageRequest request, Call call)
      throws DiskException {
    ImageReference reference = ImageReference.parse(request.reference());
    ImageSource source = sources.forScheme(reference.scheme());
    ImageRequest canonical = request.withReference(reference.text());
    return new ResolvedImage(
        source.resolve(canonical, call), source::open, Optional.empty(), Optional.empty());
  }

  /**
   * Returns what is left of an image that its source has no more.
   *
   * @param request what is asked
   * @param fallback the host whose cache is asked, unless one of these bases is of the image
   * @param bases those of the pool
   * @param why what its source said
   */
  static ResolvedImage gone(
      ImageRequest request, FallbackHost fallback, List<BaseRecord> bases, NotFoundException why)
      throws DiskException {
    ImageReference reference = ImageReference.parse(request.reference());
    String id = reference.toString().substring(reference.scheme().length() + 1);
    Image.Builder image = Image.builder(reference.scheme(), id).validator(GONE);
    request.format().ifPresent(image::format);
    request.digest().ifPresent(image::digest);
    Optional<BaseKey> cached =
        bases.stream()
            .filter(base -> base.image().equals(reference.toString()))
            .filter(base -> request.digest().isEmpty() || isVerified(base, request.digest().get()))
            .max(Comparator.comparing(BaseRecord::created))
            .map(BaseRecord::key);
    // A base that anybody finds is filled from its source only, and never from another host.
    Optional<FallbackHost> asked = cached.isPresent() ? Optional.empty() : Optional.of(fallback);
    Opener opener =
        (ignored, call) -> {
          throw why;
        };
    return new ResolvedImage(image.build(), opener, asked, cached);
  }

  private static boolean isVerified(BaseRecord base, Digest digest) {
    return Verified.of(base).digest().equals(Optional.of(digest.toString()));
  }

  boolean isGone() {
    return fallback.isPresent() || cachedAs.isPresent();
  }

  ImageData open(Call call) throws DiskException {
    return opener.open(image, call);
  }
}
