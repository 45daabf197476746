package io.diskwright.core.fill;

import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Digest;
import java.util.Optional;

/**
 * Fills a base from one of another host, whose image is not at hand: what was verified of the
 * image, the other host has. One thread.
 */
public final class ExportedFill implements Fill {
  private final ImageFill fill;
  private final BaseRecord theirs;

  /**
   * Prepares a fill.
   *
   * @param fill brings the other base's bytes, as if they were an image
   * @param theirs the other host's record of it
   */
  public ExportedFill(ImageFill fill, BaseRecord theirs) {
    this.fill = fill;
    this.theirs = theirs;
  }

  @Override
  public FillProof into(Sink sink) throws DiskException {
    FillProof ours = fill.into(sink);
    Verified then = Verified.of(theirs);
    // Of an image that was converted, only they have seen the bytes.
    boolean seen = theirs.imageFormat() == theirs.format();
    int rules = seen ? InspectionRules.VERSION : Math.min(then.rules(), InspectionRules.VERSION);
    Verified now = new Verified(digest(then), then.declared(), true, rules);
    return new Proof(now.toString(), ours.checksum());
  }

  private static Optional<String> digest(Verified then) {
    try {
      return then.digest().map(Digest::parse).map(Digest::toString);
    } catch (IllegalArgumentException e) { // of an algorithm that we do not know
      return Optional.empty();
    }
  }
}
