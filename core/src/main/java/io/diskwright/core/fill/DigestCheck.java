package io.diskwright.core.fill;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Computes the digest of an image's bytes as they come by, from the first to the last. */
final class DigestCheck {
  private final Image image;
  private final Digest wanted;
  private final MessageDigest digest;

  private DigestCheck(Image image, Digest wanted) {
    this.image = image;
    this.wanted = wanted;
    try {
      this.digest = MessageDigest.getInstance(wanted.javaAlgorithm());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + wanted.javaAlgorithm(), e);
    }
  }

  /** Returns the check of the digest that an image is declared to have, if it is. */
  static Optional<DigestCheck> of(Image image) {
    return image.digest().map(digest -> new DigestCheck(image, digest));
  }

  /** Takes the next bytes; the buffer is left as it is. */
  void update(ByteBuffer bytes) {
    digest.update(bytes.duplicate());
  }

  void verify() throws DiskException {
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(wanted.hex())) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "verify image")
          .resource(image.toString())
          .said(
              "its digest is %s:%s, and %s was declared"
                  .formatted(wanted.algorithm(), found, wanted))
          .remedy("get the image again, or the right digest")
          .build();
    }
  }
}
