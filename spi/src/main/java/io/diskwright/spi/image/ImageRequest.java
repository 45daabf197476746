package io.diskwright.spi.image;

import io.diskwright.spi.DiskFormat;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is asked of an image source: a reference, and what the asker declares; immutable. */
public final class ImageRequest {
  private final String reference;
  private final @Nullable DiskFormat format;
  private final @Nullable Digest digest;
  private final @Nullable String digestFile;

  private ImageRequest(
      String reference,
      @Nullable DiskFormat format,
      @Nullable Digest digest,
      @Nullable String digestFile) {
    this.reference = Objects.requireNonNull(reference, "reference");
    this.format = format;
    this.digest = digest;
    this.digestFile = digestFile;
  }

  /**
   * Returns a request that declares nothing.
   *
   * @param reference the reference as it was given, with or without its scheme, such as {@code
   *     file:/images/a.qcow2} or {@code /images/a.qcow2}
   */
  public static ImageRequest of(String reference) {
    return new ImageRequest(reference, null, null, null);
  }

  /** Returns this request with another spelling of its reference. */
  public ImageRequest withReference(String canonical) {
    return new ImageRequest(canonical, format, digest, digestFile);
  }

  /** Returns this request with the format that the asker says the image is in. */
  public ImageRequest withFormat(@Nullable DiskFormat declared) {
    return new ImageRequest(reference, declared, digest, digestFile);
  }

  /** Returns this request with the digest that the asker says the image's bytes have. */
  public ImageRequest withDigest(@Nullable Digest declared) {
    return new ImageRequest(reference, format, declared, digestFile);
  }

  /**
   * Returns this request with a file that lists digests, in which the source looks up the image's.
   *
   * @param name the name of a file beside the image, such as {@code SHA256SUMS}
   */
  public ImageRequest withDigestFile(@Nullable String name) {
    return new ImageRequest(reference, format, digest, name);
  }

  /** Returns the reference. */
  public String reference() {
    return reference;
  }

  /** Returns the format the asker says it is. */
  public Optional<DiskFormat> format() {
    return Optional.ofNullable(format);
  }

  /** Returns the digest the asker says its bytes have. */
  public Optional<Digest> digest() {
    return Optional.ofNullable(digest);
  }

  /** Returns the name of the file beside the image that lists its digest. */
  public Optional<String> digestFile() {
    return Optional.ofNullable(digestFile);
  }
}
