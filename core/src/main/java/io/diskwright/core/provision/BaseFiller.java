package io.diskwright.core.provision;

import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.core.event.Span;
import io.diskwright.core.export.ExportedBase;
import io.diskwright.core.export.FallbackHost;
import io.diskwright.core.fill.ExportedFill;
import io.diskwright.core.fill.FetchedImage;
import io.diskwright.core.fill.ImageFetch;
import io.diskwright.core.fill.ImageFill;
import io.diskwright.core.fill.Verified;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.lock.Lease;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fills the base of one image on a pool, once; the base's lock is held exclusively. */
final class BaseFiller {
  private static final Logger LOG = LoggerFactory.getLogger(BaseFiller.class);

  private final OpenPool pool;
  private final ResolvedImage resolved;
  private final BaseKey key;
  private final ImageFetch.SizeCheck sizeCheck;
  private final Steps steps;

  BaseFiller(
      OpenPool pool,
      ResolvedImage resolved,
      BaseKey key,
      ImageFetch.SizeCheck sizeCheck,
      Steps steps) {
    this.pool = pool;
    this.resolved = resolved;
    this.key = key;
    this.sizeCheck = sizeCheck;
    this.steps = steps;
  }

  /** Fills the base, and tells of it. */
  void fill(Call call) throws DiskException {
    pool.events().tell(Kind.FILL_STARTED, key.value(), 0, resolved.image());
    Span span = pool.events().begin(Kind.FILL, key.value());
    try {
      fill(span, call);
      span.succeeded();
    } catch (Throwable e) {
      span.failed(e);
      throw e;
    }
  }

  /** Another host is asked only when it is our turn: it would wait with what it has begun. */
  @SuppressWarnings("try") // the turn is held, not used
  private void fill(Span span, Call call) throws DiskException {
    if (resolved.fallback().isPresent()) {
      try (Lease turn = new FillTurn(pool, key).take(call);
          Opened opened = exported(resolved.fallback().get(), call)) {
        fill(opened, span, call);
      }
    } else {
      try (Opened opened = new Opened(resolved.image(), resolved.open(call), Optional.empty());
          Lease turn = new FillTurn(pool, key).take(call)) {
        fill(opened, span, call);
      }
    }
  }

  private void fill(Opened opened, Span span, Call call) throws DiskException {
    long start = System.nanoTime();
    try (FetchedImage fetched = fetch(opened, call)) {
      fill(opened, fetched, start, span, call);
    }
  }

  /**
   * What a base is filled from.
   *
   * @param image the image, or the other host's base as an image
   * @param data its bytes
   * @param theirs the other host's record, when it is one
   */
  private record Opened(Image image, ImageData data, Optional<ExportedBase> theirs)
      implements AutoCloseable {
    @Override
    public void close() throws DiskException {
      data.close();
    }
  }

  private Opened exported(FallbackHost host, Call call) throws DiskException {
    LOG.info("asking {} for its base of {}", host, resolved.image());
    Image image = resolved.image();
    ExportedBase theirs = pool.fallbackCommand().open(host, pool.name(), image.toString(), call);
    try {
      requireKnown(theirs);
    } catch (DiskException e) {
      theirs.close();
      throw e;
    }
    Image base = Image.builder(image.source(), image.id()).format(theirs.base().format()).build();
    return new Opened(base, theirs, Optional.of(theirs));
  }

  /** What cannot be looked at here, because the image is not at hand, must be known there. */
  private void requireKnown(ExportedBase theirs) throws DiskException {
    Image image = resolved.image();
    Optional<DiskFormat> format = image.format();
    if (format.isPresent() && format.get() != theirs.base().imageFormat()) {
      throw differs(
          theirs,
          "is declared as %s, and was %s".formatted(format.get(), theirs.base().imageFormat()));
    }
    if (format.isEmpty() && Verified.of(theirs.base()).declared()) {
      throw differs(theirs, "is no image that is known, and was declared as raw");
    }
    if (!pool.rules().formats().contains(theirs.base().imageFormat())) {
      throw differs(
          theirs, "was %s, which the pool does not accept".formatted(theirs.base().imageFormat()));
    }
    Optional<String> digest = image.digest().map(Digest::toString);
    Optional<String> found = Verified.of(theirs.base()).digest();
    if (digest.isPresent() && !digest.equals(found)) {
      throw differs(
          theirs,
          "must have the digest %s, and was found to have %s"
              .formatted(digest.get(), found.orElse("one that nobody looked at")));
    }
    boolean converted = theirs.base().imageFormat() != theirs.base().format();
    if (converted && Verified.of(theirs.base()).isOutdated()) {
      throw differs(theirs, "was inspected by older rules than ours, and cannot be by these");
    }
  }

  private DiskException differs(ExportedBase theirs, String said) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, "use base of fallback host")
        .pool(pool.name().value())
        .resource(resolved.image().toString())
        .said("on %s, it %s".formatted(theirs.host(), said))
        .remedy("name another fallback host")
        .build();
  }

  private void fill(Opened opened, FetchedImage fetched, long start, Span span, Call call)
      throws DiskException {
    ImageBackend backend = pool.backend();
    DiskFormat from = fetched.verdict().format().orElseThrow();
    long virtualSize = fetched.verdict().virtualSize().orElseThrow();
    requireVisible(opened, virtualSize);
    DiskFormat to = target(from, backend.baseFormats());
    long length = to == DiskFormat.RAW ? virtualSize : fetched.length();
    ImageFill fill =
        new ImageFill(
            opened.image().withFormat(from),
            opened.data(),
            fetched,
            to,
            pool.fillLimits(),
            pool.baseChecksums(),
            call);
    Optional<BaseRecord> theirs = opened.theirs().map(ExportedBase::base);
    Image image = resolved.image().withFormat(theirs.map(BaseRecord::imageFormat).orElse(from));
    BaseRequest request = BaseRequest.of(key, image, to, length, virtualSize);
    BaseRecord unused =
        backend.cache(
            request, theirs.isEmpty() ? fill : new ExportedFill(fill, theirs.get()), call);
    if (fill.way().isEmpty()) { // it was there after all: restored after a killed eviction
      span.describe("found", 0, image);
    } else {
      span.describe(fill.way(), fill.bytesMoved(), image);
      String whose = opened.theirs().map(base -> " of " + base.host()).orElse("");
      steps.add(
          fill.way(), "%s%s into a %s base".formatted(image, whose, to), fill.bytesMoved(), start);
    }
  }

  private void requireVisible(Opened opened, long virtualSize) throws DiskException {
    Optional<ExportedBase> theirs = opened.theirs();
    if (theirs.isPresent() && theirs.get().base().virtualSize() != virtualSize) {
      throw differs(
          theirs.get(),
          "has %d visible bytes, and its record says %d"
              .formatted(virtualSize, theirs.get().base().virtualSize()));
    }
  }

  private FetchedImage fetch(Opened opened, Call call) throws DiskException {
    ImageFetch fetch =
        new ImageFetch(
            opened.image(),
            opened.data(),
            pool.rules(),
            sizeCheck,
            pool.spoolFolder(),
            pool.fillLimits().expansion(),
            call);
    if (opened.theirs().isEmpty()) {
      return fetch.run();
    }
    BaseRecord theirs = opened.theirs().get().base();
    // What was converted is what guests see, whatever it looks like; what was not is an image.
    boolean converted = theirs.format() == DiskFormat.RAW && theirs.imageFormat() != DiskFormat.RAW;
    return fetch.runExported(converted);
  }

  /** Returns the format of the base: the image's own where the pool keeps that, else its first. */
  static DiskFormat target(DiskFormat from, List<DiskFormat> baseFormats) {
    return baseFormats.contains(from) ? from : baseFormats.get(0);
  }
}
