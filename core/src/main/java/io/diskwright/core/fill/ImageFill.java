package io.diskwright.core.fill;

import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
  private final Content content;
  private final Verdict verdict;
  private final DiskFormat to;
  private final FillLimits limits;
  private final boolean checksums;
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
   * @param limits how long a conversion may take, and how fast it may write
   * @param checksums whether a checksum is computed, by which the base can be verified later
   * @param call deadline, cancellation, progress
   */
  public ImageFill(
      Image image,
      ImageData data,
      Verdict verdict,
      DiskFormat to,
      FillLimits limits,
      boolean checksums,
      Call call) {
    this.image = image;
    this.data = data;
    this.content = data.content().orElseThrow();
    this.verdict = verdict;
    this.to = to;
    this.limits = limits;
    this.checksums = checksums;
    this.call = call;
  }

  @Override
  public FillProof into(Sink sink) throws DiskException {
    List<String> verified = new ArrayList<>();
    verified.add(verdict.features().isEmpty() ? DECLARED : "inspected");
    Optional<String> checksum = fill(sink, verdict.format().orElseThrow());
    image.digest().ifPresent(digest -> verified.add(0, digest.toString()));
    data.verifyUnchanged();
    sink.flush();
    return new Proof(String.join(",", verified), checksum);
  }

  private Optional<String> fill(Sink sink, DiskFormat from) throws DiskException {
    if (from != to) {
      return convert(sink, from);
    }
    if (image.digest().isEmpty() && Reflink.share(content, sink)) {
      way = "reflink";
      return checksumOf(sink);
    }
    return copy(sink);
  }

  /** Reads what has not come by, while the storage begins to write it. */
  private Optional<String> checksumOf(Sink sink) throws DiskException {
    if (!checksums) {
      return Optional.empty();
    }
    Path path = sink.path().orElseThrow();
    try (NativeFile file = NativeFile.openRead(path)) {
      file.startWriteback(0, sink.size());
      Content written = new FileContent(file, sink.size(), "read base");
      return Optional.of(BlockChecksum.of(written, "compute checksum of base", call));
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "read base").resource(path.toString()).build();
    }
  }

  private Optional<String> convert(Sink sink, DiskFormat from) throws DiskException {
    way = "convert";
    sink.reserve(SpaceNeeded.toConvert(verdict, sink.size()), call);
    if (image.digest().isPresent()) {
      DigestCheck check = new DigestCheck(image, image.digest().get());
      check.readAll(content, call);
      check.verify();
    }
    bytesMoved = content.size();
    Conversion conversion = Conversion.of(image, content.path(), from, limits, call);
    if (Conversion.writesFile(sink)) {
      conversion.into(sink);
      return checksumOf(sink);
    }
    BlockChecksum checksum = checksums ? new BlockChecksum() : null;
    conversion.copyInto(sink, checksum);
    return Optional.ofNullable(checksum).map(sum -> sum.end(sink.size()));
  }

  private Optional<String> copy(Sink sink) throws DiskException {
    way = "copy";
    sink.reserve(SpaceNeeded.toCopy(content, call), call);
    Pace pace = new Pace(limits.rate(), Pace.Clock.SYSTEM);
    BlockChecksum checksum = checksums ? new BlockChecksum() : null;
    ContentCopy copy = new ContentCopy(content, sink, pace, checksum, call);
    if (image.digest().isPresent()) {
      DigestCheck check = new DigestCheck(image, image.digest().get());
      bytesMoved = copy.run(check);
      check.verify();
    } else {
      bytesMoved = copy.run();
    }
    return Optional.ofNullable(checksum).map(sum -> sum.end(sink.size()));
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
