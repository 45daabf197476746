package io.diskwright.core.fill;

import io.diskwright.core.inspect.Inspection;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Fill;
import io.diskwright.spi.backend.FillProof;
import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageStream;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fills one base from one image, which has been inspected and found safe.
 *
 * <p>Once {@link #into} has returned, {@link #way} and {@link #bytesMoved} tell what was done; one
 * thread.
 */
public final class ImageFill implements Fill {
  private final Image image;
  private final ImageData data;
  private final FetchedImage fetched;
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
   * @param fetched the same, as far as they are here
   * @param to the format of the base; the same, or raw
   * @param limits how long a conversion may take, and how fast it may write
   * @param checksums whether a checksum is computed, by which the base can be verified later
   * @param call deadline, cancellation, progress
   */
  public ImageFill(
      Image image,
      ImageData data,
      FetchedImage fetched,
      DiskFormat to,
      FillLimits limits,
      boolean checksums,
      Call call) {
    this.image = image;
    this.data = data;
    this.fetched = fetched;
    this.to = to;
    this.limits = limits;
    this.checksums = checksums;
    this.call = call;
  }

  @Override
  public FillProof into(Sink sink) throws DiskException {
    Optional<String> checksum =
        fetched instanceof LocalImage local
            ? fill(sink, local)
            : arrive(sink, (ArrivingImage) fetched);
    data.verifyUnchanged();
    sink.flush();
    Verified verified = Verified.now(image.digest().orElse(null), fetched.verdict());
    return new Proof(verified.toString(), checksum);
  }

  private Optional<String> fill(Sink sink, LocalImage local) throws DiskException {
    if (local.verdict().format().orElseThrow() != to) {
      return convert(sink, local);
    }
    boolean read = image.digest().isPresent() && !local.digestChecked();
    if (read) {
      try (ImageStream stream = data.stream()) {
        sink.reserve(SpaceNeeded.toCopy(local.content(), call), call);
        return copy(sink, stream, local.length(), null);
      }
    }
    if (Reflink.share(local.content(), sink)) {
      way = "reflink";
      return checksumOf(sink);
    }
    return copy(sink, local.content());
  }

  /** What has gone straight into the sink was looked at to its end on the way. */
  private Optional<String> arrive(Sink sink, ArrivingImage arriving) throws DiskException {
    sink.reserve(SpaceNeeded.roundUp(arriving.length()), call);
    @Nullable Inspection inspection = arriving.inspection();
    Optional<String> checksum = copy(sink, arriving.stream(), arriving.length(), inspection);
    if (inspection == null) {
      return checksum;
    }
    Verdict verdict = inspection.end();
    ImageLook.requireSafe(image, verdict);
    if (!verdict.format().equals(arriving.verdict().format())) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "use image")
          .resource(image.toString())
          .said(
              "its last bytes say that it is %s, its first that it is raw"
                  .formatted(verdict.format().map(DiskFormat::id).orElse("no image")))
          .remedy("declare its format")
          .build();
    }
    return checksum;
  }

  /** Reads what has not come by. */
  private Optional<String> checksumOf(Sink sink) throws DiskException {
    if (!checksums) {
      return Optional.empty();
    }
    Path path = sink.path().orElseThrow();
    try (NativeFile file = NativeFile.openRead(path)) {
      Content written = new FileContent(file, sink.size(), "read base");
      return Optional.of(BlockChecksum.of(written, "compute checksum of base", call));
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "read base").resource(path.toString()).build();
    }
  }

  private Optional<String> convert(Sink sink, LocalImage local) throws DiskException {
    way = "convert";
    sink.reserve(SpaceNeeded.toConvert(local.verdict(), sink.size()), call);
    if (image.digest().isPresent() && !local.digestChecked()) {
      verifyDigest(DigestCheck.of(image).orElseThrow(), local.length());
    }
    bytesMoved = local.length();
    Conversion conversion = new Conversion(image, local.content(), local.verdict(), limits, call);
    if (Conversion.writesFile(sink)) {
      return convert(sink, conversion);
    }
    BlockChecksum checksum = checksums ? new BlockChecksum() : null;
    conversion.copyInto(sink, checksum);
    return Optional.ofNullable(checksum).map(sum -> sum.end(sink.size()));
  }

  @SuppressWarnings("try") // it works by being open
  private Optional<String> convert(Sink sink, Conversion conversion) throws DiskException {
    try (Writeback writeback = Writeback.of(sink.path().orElseThrow(), sink.size())) {
      conversion.into(sink);
      return checksumOf(sink);
    }
  }

  private void verifyDigest(DigestCheck digest, long length) throws DiskException {
    try (ImageStream stream = data.stream()) {
      long read = new Pump(stream, digest, length, call).run("verifying", (offset, bytes) -> {});
      requireAll(read, length);
    }
    digest.verify();
  }

  /** Copies what is not known to be zero. */
  private Optional<String> copy(Sink sink, Content content) throws DiskException {
    way = "copy";
    sink.reserve(SpaceNeeded.toCopy(content, call), call);
    Pace pace = new Pace(limits.rate(), Pace.Clock.SYSTEM);
    BlockChecksum checksum = checksums ? new BlockChecksum() : null;
    bytesMoved =
        ParallelWriter.isWantedBy(sink)
            ? new ParallelCopy(content, sink, pace, checksum, ParallelCopy.Words.COPY, call)
                .run(ParallelCopy.Abort.NOT_NEEDED)
            : new ContentCopy(content, sink, pace, checksum, call).run();
    return Optional.ofNullable(checksum).map(sum -> sum.end(sink.size()));
  }

  /** Copies every byte as it comes, and verifies a declared digest. */
  private Optional<String> copy(
      Sink sink, ImageStream stream, long length, @Nullable Inspection inspection)
      throws DiskException {
    way = "copy";
    SinkWriter writer = new SinkWriter(sink, new Pace(limits.rate(), Pace.Clock.SYSTEM), call);
    BlockChecksum checksum = checksums ? new BlockChecksum() : null;
    DigestCheck digest = DigestCheck.of(image).orElse(null);
    Pump.Consumer look =
        (offset, bytes) -> {
          requireNoMore(offset + bytes.remaining(), length);
          if (checksum != null) {
            checksum.update(offset, bytes);
          }
          if (inspection != null) {
            inspection.feed(bytes.duplicate());
          }
        };
    long read =
        ParallelWriter.isWantedBy(sink)
            ? copyAtOnce(sink, stream, length, digest, writer, look)
            : copyInTurn(stream, length, digest, writer, look);
    requireAll(read, length);
    writer.zero(length, sink.size() - length);
    if (digest != null) {
      digest.verify();
    }
    return Optional.ofNullable(checksum).map(sum -> sum.end(sink.size()));
  }

  private long copyInTurn(
      ImageStream stream,
      long length,
      @Nullable DigestCheck digest,
      SinkWriter writer,
      Pump.Consumer look)
      throws DiskException {
    return new Pump(stream, digest, length, call)
        .run(
            "copying",
            (offset, bytes) -> {
              look.take(offset, bytes);
              bytesMoved += writer.write(offset, bytes);
            });
  }

  private long copyAtOnce(
      Sink sink,
      ImageStream stream,
      long length,
      @Nullable DigestCheck digest,
      SinkWriter writer,
      Pump.Consumer look)
      throws DiskException {
    int pieces = sink.preferredWriters() + 2; // one arrives, and one is waited for
    Pump pump = new Pump(stream, digest, length, ParallelWriter.pieceSize(sink), pieces, call);
    try (ParallelWriter writes = new ParallelWriter(sink, writer)) {
      long read =
          pump.bring(
              "copying",
              (offset, bytes) -> {
                look.take(offset, bytes);
                return writes.write(offset, bytes);
              });
      bytesMoved = writes.written();
      return read;
    }
  }

  private void requireNoMore(long there, long length) throws DiskException {
    if (there > length) {
      throw lengthDiffers("more than", length);
    }
  }

  private void requireAll(long there, long length) throws DiskException {
    if (there < length) {
      throw lengthDiffers("%d, not".formatted(there), length);
    }
  }

  private DiskException lengthDiffers(String found, long length) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, "copy image")
        .resource(image.toString())
        .said("it has %s the %d bytes that it was said to have".formatted(found, length))
        .remedy("wait until nobody writes the image any more, and try again")
        .build();
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
