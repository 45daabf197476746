package io.diskwright.core.fill;

import io.diskwright.core.inspect.ImageInspector;
import io.diskwright.core.inspect.Inspection;
import io.diskwright.core.inspect.InspectionRules;
import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.toolkit.os.OsErrors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Fetches one image: looks at it while it comes, and brings it to where it can be used.
 *
 * <p>A local file is used where it is. A raw image whose size is known goes straight on. Any other
 * is spooled: a tool wants to read it anywhere, or it is compressed. One thread.
 */
public final class ImageFetch {
  private final Image image;
  private final ImageData data;
  private final InspectionRules rules;
  private final SizeCheck sizeCheck;
  private final Path spoolFolder;
  private final long expansionLimit;
  private final Call call;

  /** Is told an image's virtual size as soon as it is known. */
  @FunctionalInterface
  public interface SizeCheck {
    /**
     * Fails when nothing can be made of an image of this size.
     *
     * @param virtualSize guest-visible bytes
     */
    void check(long virtualSize) throws DiskException;
  }

  /**
   * Prepares a fetch.
   *
   * @param image the image
   * @param data its bytes, opened
   * @param rules what is accepted
   * @param sizeCheck is told the virtual size as soon as it is known
   * @param spoolFolder where an image goes that cannot go straight on
   * @param expansionLimit how many times as large as its packed bytes the data of an image may be
   * @param call deadline, cancellation, progress
   */
  public ImageFetch(
      Image image,
      ImageData data,
      InspectionRules rules,
      SizeCheck sizeCheck,
      Path spoolFolder,
      long expansionLimit,
      Call call) {
    this.image = image;
    this.data = data;
    this.rules = rules;
    this.sizeCheck = sizeCheck;
    this.spoolFolder = spoolFolder;
    this.expansionLimit = expansionLimit;
    this.call = call;
  }

  /**
   * Fetches it.
   *
   * @return the image; to be closed before its data
   * @throws DiskException with reason {@code IMAGE_UNACCEPTABLE} when it is refused or its digest
   *     is wrong, {@code NO_SPACE}, or what the source said
   */
  public FetchedImage run() throws DiskException {
    Optional<Content> file = data.content().filter(content -> content.path().isPresent());
    if (file.isPresent()) {
      Verdict verdict =
          new ImageInspector().inspectWithTables(file.get(), image.format(), rules, call);
      if (Packing.of(verdict.detected()).isEmpty()) {
        return new LocalImage(file.get(), accepted(verdict), null);
      }
    }
    return begin(this::fetch);
  }

  /**
   * Fetches it as what it is declared to be, and never as something packed: a base of another host.
   *
   * @param opaque whether nothing is to be made of its bytes, which are raw and what a guest is to
   *     see; else they are inspected
   * @throws DiskException as {@link #run} does
   */
  public FetchedImage runExported(boolean opaque) throws DiskException {
    return begin(opaque ? this::opaque : this::inspected);
  }

  /** What is done with its bytes, of which the first have been looked at. */
  @FunctionalInterface
  private interface Way {
    FetchedImage take(PeekedStream stream) throws DiskException;
  }

  /** Begins with the bytes; what takes them as they come closes them. */
  private FetchedImage begin(Way way) throws DiskException {
    PeekedStream stream = new PeekedStream(data.stream(), Inspection.HEAD);
    try {
      FetchedImage fetched = way.take(stream);
      if (fetched instanceof LocalImage) {
        stream.close();
      }
      return fetched;
    } catch (Throwable e) {
      stream.close();
      throw e;
    }
  }

  private FetchedImage opaque(PeekedStream stream) throws DiskException {
    long size = data.size().orElseThrow();
    Verdict verdict = Verdict.ofContent().asRaw(size, rules);
    requireSafe(verdict);
    sizeCheck.check(verdict.virtualSize().orElseThrow());
    return new ArrivingImage(stream, null, verdict, size);
  }

  private FetchedImage inspected(PeekedStream stream) throws DiskException {
    Verdict early = ImageLook.head(image, stream, rules);
    requireSafe(early);
    return isRaw(early) ? arriving(stream, early, data.size().orElseThrow()) : spool(stream);
  }

  private FetchedImage fetch(PeekedStream stream) throws DiskException {
    Verdict early = ImageLook.head(image, stream, rules);
    Optional<Packing> packing = Packing.of(early.detected());
    if (packing.isPresent()) {
      return unpack(packing.get(), stream);
    }
    requireSafe(early);
    if (early.virtualSize().isPresent()) {
      sizeCheck.check(early.virtualSize().getAsLong());
    }
    return isRaw(early) && data.size().isPresent()
        ? arriving(stream, early, data.size().getAsLong())
        : spool(stream);
  }

  private boolean isRaw(Verdict early) {
    Optional<DiskFormat> raw = Optional.of(DiskFormat.RAW);
    return early.format().equals(raw) || (!early.known() && image.format().equals(raw));
  }

  private FetchedImage arriving(PeekedStream stream, Verdict early, long size)
      throws DiskException {
    Verdict verdict = early.asRaw(size, rules);
    requireSafe(verdict);
    sizeCheck.check(verdict.virtualSize().orElseThrow());
    return new ArrivingImage(stream, new Inspection(image.format(), rules), verdict, size);
  }

  private FetchedImage spool(PeekedStream stream) throws DiskException {
    if (data.size().isPresent()) {
      requireRoom(data.size().getAsLong());
    }
    DigestCheck digest = DigestCheck.of(image).orElse(null);
    return inSpool(
        Optional.empty(),
        digest,
        spool ->
            new Pump(stream, digest, data.size().orElse(-1), call).run("fetching", spool::write));
  }

  private void requireRoom(long bytes) throws DiskException {
    try {
      long free = Files.getFileStore(spoolFolder).getUsableSpace();
      if (bytes > free) {
        throw DiskException.of(Reason.NO_SPACE, "spool image")
            .resource(spoolFolder.toString())
            .said("the image has %d bytes, and %d are free".formatted(bytes, free))
            .remedy("make room there, or name another folder as the pool's spool-folder")
            .build();
      }
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw OsErrors.toFailure(e, "spool image").resource(spoolFolder.toString()).build();
    }
  }

  private FetchedImage unpack(Packing packing, PeekedStream stream) throws DiskException {
    DigestCheck digest = DigestCheck.of(image).orElse(null);
    StreamInput packed = new StreamInput(stream, digest, call);
    Unpacking unpacking = new Unpacking(image, packing, packed, data.size(), call);
    return inSpool(
        Optional.of(packing),
        digest,
        spool -> {
          Inspection head = new Inspection(image.format(), rules);
          return unpacking.run(
              rules.virtualSizeLimit(),
              (offset, bytes) -> {
                if (!head.decided()) {
                  head.feed(bytes.duplicate());
                  if (head.decided()) {
                    requireSafe(head.soFar());
                  }
                }
                spool.write(offset, bytes);
                unpacking.requireWithin(expansionLimit, spool.stored());
              });
        });
  }

  /** Brings an image into a spool; returns how many bytes it has. */
  @FunctionalInterface
  private interface Bringing {
    long into(Spool spool) throws DiskException;
  }

  private FetchedImage inSpool(
      Optional<Packing> packing, @Nullable DigestCheck digest, Bringing bringing)
      throws DiskException {
    Spool spool = Spool.in(spoolFolder);
    try {
      long size = bringing.into(spool);
      if (digest != null) {
        digest.verify();
      }
      Content content = spool.content(size);
      Verdict verdict =
          new ImageInspector().inspectWithTables(content, image.format(), rules, call);
      if (packing.isPresent()) {
        verdict = verdict.withFeature(packing.get().feature());
      }
      return new LocalImage(content, accepted(verdict), spool);
    } catch (Throwable e) {
      spool.close();
      throw e;
    }
  }

  private Verdict accepted(Verdict verdict) throws DiskException {
    requireSafe(verdict);
    sizeCheck.check(verdict.virtualSize().orElseThrow());
    return verdict;
  }

  private void requireSafe(Verdict verdict) throws DiskException {
    ImageLook.requireSafe(image, verdict);
  }
}
