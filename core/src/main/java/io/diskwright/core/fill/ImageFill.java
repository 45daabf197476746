package io.diskwright.core.fill;

import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import java.util.ArrayList;
import java.util.List;

/**
 * Fills one base from one image, which has been inspected and found safe.
 *
 * <p>Once {@link #into} has returned, {@link #way} and {@link #bytesMoved} tell what was done; one
 * thread.
 */
public final class ImageFill implements Fill {
  /** Stands among what was verified when nothing but the asker says that the bytes are an image. */
  public static final String DECLARED = "declared";

  private final Image image;
  private final ImageData data;
  private final Verdict verdict;
  private final DiskFormat to;
  private final FillLimits limits;
  private final Call call;
  private String way = "";
  private long bytesMoved;

  /**
   * Prepares a fill.
   *
   * @param image the image
   * @param data its bytes, opened
   * @param verdict what inspection found: safe
   * @param to the format of the base; the same, or raw
   * @param limits how long a conversion may take
   * @param call deadline, cancellation, progress
   */
  public ImageFill(
      Image image, ImageData data, Verdict verdict, DiskFormat to, FillLimits limits, Call call) {
    this.image = image;
    this.data = data;
    this.verdict = verdict;
    this.to = to;
    this.limits = limits;
    this.call = call;
  }

  @Override
  public FillProof into(Sink sink) throws DiskException {
    List<String> verified = new ArrayList<>();
    verified.add(verdict.features().isEmpty() ? DECLARED : "inspected");
    DiskFormat from = verdict.format().orElseThrow();
    if (from != to) {
      convert(sink, from);
    } else if (image.digest().isEmpty() && Reflink.share(data, sink)) {
      way = "reflink";
    } else {
      copy(sink);
    }
    image.digest().ifPresent(digest -> verified.add(0, digest.toString()));
    data.verifyUnchanged();
    sink.flush();
    return new Proof(String.join(",", verified));
  }

  private void convert(Sink sink, DiskFormat from) throws DiskException {
    way = "convert";
    if (image.digest().isPresent()) {
      DigestCheck check = new DigestCheck(image, image.digest().get());
      check.readAll(data, call);
      check.verify();
    }
    bytesMoved = new Conversion(image, data, from, limits, call).into(sink);
  }

  private void copy(Sink sink) throws DiskException {
    way = "copy";
    ContentCopy copy = new ContentCopy(data, sink, call);
    if (image.digest().isPresent()) {
      DigestCheck check = new DigestCheck(image, image.digest().get());
      bytesMoved = copy.run(check);
      check.verify();
    } else {
      bytesMoved = copy.run();
    }
  }

  /** Returns how the base was filled: {@code reflink}, {@code copy} or {@code convert}. */
  public String way() {
    return way;
  }

  /** Returns how many bytes were moved: those that a copy wrote, those that a conversion read. */
  public long bytesMoved() {
    return bytesMoved;
  }
}
