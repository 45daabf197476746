package io.diskwright.spi.image;

import io.diskwright.spi.DiskFormat;
import java.util.Objects;
import java.util.Optional;

/**
 * What is asked of an image source: a reference, and what the asker declares of the image.
 *
 * @param reference the reference as it was given, with or without its scheme, such as {@code
 *     file:/images/a.qcow2} or {@code /images/a.qcow2}
 * @param format the format the asker says it is
 * @param digest the digest the asker says its bytes have
 */
public record ImageRequest(String reference, Optional<DiskFormat> format, Optional<Digest> digest) {
  /** Checks that nothing is null. */
  public ImageRequest {
    Objects.requireNonNull(reference, "reference");
    Objects.requireNonNull(format, "format");
    Objects.requireNonNull(digest, "digest");
  }
}
