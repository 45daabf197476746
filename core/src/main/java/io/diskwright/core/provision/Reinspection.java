package io.diskwright.core.provision;

import io.diskwright.core.fill.Verified;
import io.diskwright.core.inspect.ImageInspector;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import java.util.Optional;

/**
 * Looks again at bases whose images were accepted by older rules, before they are used: once, which
 * their records remember.
 */
final class Reinspection {
  private final OpenPool pool;
  private final Image image;
  private final Look look;
  private final Call call;

  /** Looks at the image where it comes from. */
  @FunctionalInterface
  interface Look {
    Verdict again() throws DiskException;
  }

  Reinspection(OpenPool pool, Image image, Look look, Call call) {
    this.pool = pool;
    this.image = image;
    this.look = look;
    this.call = call;
  }

  /**
   * Inspects a base's image; the base's lock is held exclusively.
   *
   * <p>A base that is laid out as its image was has the image's bytes. Of one that was converted
   * only the source has them.
   *
   * @return the base's record, which says by which rules it was inspected
   * @throws DiskException with reason {@code IMAGE_UNACCEPTABLE} when today's rules refuse it
   */
  BaseRecord of(BaseRecord base) throws DiskException {
    Verdict verdict = base.imageFormat() == base.format() ? inspect(base) : look.again();
    if (!verdict.safe()) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "use base")
          .pool(pool.name().value())
          .resource(image.toString())
          .said(
              "it was cached when rules were older, and those of today refuse it: "
                  + String.join("; ", verdict.reasons()))
          .remedy(
              "use another image, and remove its base with: diskwright base evict "
                  + base.key().value())
          .build();
    }
    return pool.backend().reverified(base, Verified.of(base).again(base), call);
  }

  private Verdict inspect(BaseRecord base) throws DiskException {
    try (Content content = pool.backend().openBase(base, call)) {
      return new ImageInspector()
          .inspectWithTables(content, Optional.of(base.imageFormat()), pool.rules(), call);
    }
  }
}
