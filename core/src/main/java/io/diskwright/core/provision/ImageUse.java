package io.diskwright.core.provision;

import io.diskwright.core.export.FallbackHost;
import io.diskwright.core.fill.Verified;
import io.diskwright.core.source.ImageReference;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.NotFoundException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has something done with an image: that of its source, or when it is gone there and a fallback
 * host is named, what is cached of it here, and then there. Any thread.
 */
final class ImageUse {
  private static final Logger LOG = LoggerFactory.getLogger(ImageUse.class);

  private final OpenPool pool;
  private final ImageSources sources;

  ImageUse(OpenPool pool, ImageSources sources) {
    this.pool = pool;
    this.sources = sources;
  }

  /**
   * What is done with an image; from its beginning again with what is left of one that has gone.
   *
   * @param <T> what comes of it
   */
  @FunctionalInterface
  interface Use<T> {
    T of(ResolvedImage image) throws DiskException;
  }

  /** Does it. */
  <T> T with(ImageRequest request, Optional<FallbackHost> fallback, Call call, Use<T> use)
      throws DiskException {
    ImageReference reference = ImageReference.parse(request.reference());
    ImageSource source = sources.forScheme(reference.scheme());
    ImageRequest canonical = request.withReference(reference.text());
    if (fallback.isEmpty()) {
      return use.of(ResolvedImage.of(source, canonical, call));
    }
    requireNoList(request, reference);
    Optional<T> used = ofSource(source, canonical, call, use);
    if (used.isPresent()) {
      return used.get();
    }
    Image recalled = source.recall(canonical).orElseThrow(() -> noName(reference));
    Optional<T> cached = ofCache(recalled, canonical, call, use);
    return cached.isPresent()
        ? cached.get()
        : use.of(ResolvedImage.elsewhere(recalled, canonical, fallback.get()));
  }

  /** What is beside an image that is gone cannot be relied on. */
  private static void requireNoList(ImageRequest request, ImageReference reference)
      throws DiskException {
    if (request.digestFile().isPresent()) {
      throw DiskException.of(Reason.INVALID_REQUEST, "use image")
          .resource(reference.toString())
          .said("a list of digests beside it is of no use when it is gone to a fallback host")
          .remedy("declare its digest")
          .build();
    }
  }

  private static DiskException noName(ImageReference reference) {
    return DiskException.of(Reason.NOT_FOUND, "find image")
        .resource(reference.toString())
        .said("its source has it no more, and only that could tell which image it is")
        .remedy("name it by its id")
        .build();
  }

  private static <T> Optional<T> ofSource(
      ImageSource source, ImageRequest request, Call call, Use<T> use) throws DiskException {
    ResolvedImage image;
    try {
      image = ResolvedImage.of(source, request, call);
    } catch (NotFoundException e) {
      LOG.info("it is gone: {}", e.getMessage());
      return Optional.empty();
    }
    return unlessVanished(image, use);
  }

  private <T> Optional<T> ofCache(Image recalled, ImageRequest request, Call call, Use<T> use)
      throws DiskException {
    Optional<BaseKey> base = best(pool.backend().bases(call), recalled, request);
    return base.isEmpty()
        ? Optional.empty()
        : unlessVanished(ResolvedImage.cached(recalled, request, base.get()), use);
  }

  private static <T> Optional<T> unlessVanished(ResolvedImage image, Use<T> use)
      throws DiskException {
    try {
      return Optional.of(use.of(image));
    } catch (NotFoundException e) {
      if (!image.hasVanished()) {
        throw e;
      }
      LOG.info("it has gone: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** Rather one that was filled from the image itself, and then the youngest. */
  private static Optional<BaseKey> best(
      List<BaseRecord> bases, Image recalled, ImageRequest request) {
    return bases.stream()
        .filter(base -> base.image().equals(recalled.toString()))
        .filter(base -> fits(base, request))
        .max(
            Comparator.comparing((BaseRecord base) -> !Verified.of(base).exported())
                .thenComparing(BaseRecord::created))
        .map(BaseRecord::key);
  }

  private static boolean fits(BaseRecord base, ImageRequest request) {
    Verified verified = Verified.of(base);
    boolean converted = base.imageFormat() != base.format();
    return !(converted && verified.isOutdated()) // nobody could look at the image again
        && (request.digest().isEmpty()
            || verified.digest().equals(request.digest().map(Object::toString)))
        && (request.format().isEmpty()
            ? !verified.declared()
            : request.format().get() == base.imageFormat());
  }
}
