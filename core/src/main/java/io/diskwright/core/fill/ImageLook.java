package io.diskwright.core.fill;

import io.diskwright.core.inspect.ImageInspector;
import io.diskwright.core.inspect.Inspection;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import java.util.Optional;

/** Looks at one image without keeping it. One thread. */
public final class ImageLook {
  private final Image image;
  private final ImageData data;
  private final InspectionRules rules;
  private final Call call;

  /**
   * Prepares a look.
   *
   * @param image the image
   * @param data its bytes, opened
   * @param rules what is accepted
   * @param call deadline, cancellation, progress
   */
  public ImageLook(Image image, ImageData data, InspectionRules rules, Call call) {
    this.image = image;
    this.data = data;
    this.rules = rules;
    this.call = call;
  }

  /**
   * Looks at it as {@link #look} does, and fails when it is refused.
   *
   * @throws DiskException with reason {@code IMAGE_UNACCEPTABLE} when it is, or what the source
   *     said
   */
  public Verdict lookAccepted() throws DiskException {
    Verdict verdict = look();
    requireSafe(image, verdict);
    return verdict;
  }

  /**
   * Tells all that inspection can: of a file with its tables, of what is elsewhere without.
   *
   * @throws DiskException when it cannot be read
   */
  public Verdict look() throws DiskException {
    Optional<Content> content = data.content();
    if (content.isPresent()) {
      Verdict verdict = lookAt(content.get());
      if (Packing.of(verdict.detected()).isEmpty()) {
        return verdict;
      }
    }
    try (PeekedStream stream = new PeekedStream(data.stream(), Inspection.HEAD)) {
      Verdict head = head(image, stream, rules);
      Optional<Packing> packing = Packing.of(head.detected());
      if (packing.isPresent()) {
        return lookInto(packing.get(), stream);
      }
      return head.safe() ? lookToTheEnd(stream) : head;
    }
  }

  private Verdict lookAt(Content content) throws DiskException {
    ImageInspector inspector = new ImageInspector();
    return content.path().isPresent()
        ? inspector.inspectWithTables(content, image.format(), rules, call)
        : inspector.inspect(content, image.format(), rules, call);
  }

  private Verdict lookInto(Packing packing, PeekedStream stream) throws DiskException {
    Inspection inspection = new Inspection(image.format(), rules);
    StreamInput packed = new StreamInput(stream, null, call);
    long unused =
        new Unpacking(image, packing, packed, data.size(), call)
            .run(rules.virtualSizeLimit(), (offset, bytes) -> inspection.feed(bytes));
    return inspection.end().withFeature(packing.feature());
  }

  private Verdict lookToTheEnd(PeekedStream stream) throws DiskException {
    Inspection inspection = new Inspection(image.format(), rules);
    long unused =
        new Pump(stream, null, data.size().orElse(-1), call)
            .run("inspecting", (offset, bytes) -> inspection.feed(bytes));
    return inspection.end();
  }

  /** Returns what an image's first bytes tell. */
  static Verdict head(Image image, PeekedStream stream, InspectionRules rules)
      throws DiskException {
    Inspection head = new Inspection(image.format(), rules);
    head.feed(stream.head());
    return head.decided() ? head.soFar() : head.end();
  }

  /** Fails when an image has been refused. */
  static void requireSafe(Image image, Verdict verdict) throws DiskException {
    if (!verdict.safe()) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "use image")
          .resource(image.toString())
          .said(String.join("; ", verdict.reasons()))
          .remedy(
              "use another image, or mend this one and declare its format if that is the matter")
          .build();
    }
  }
}
