package io.diskwright.core.fill;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;

/** Computes the digest of an image's bytes as they come by, from the first to the last. */
final class DigestCheck {
  private static final int BUFFER = 1024 * 1024;

  private final Image image;
  private final Digest wanted;
  private final MessageDigest digest;

  DigestCheck(Image image, Digest wanted) {
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

  void readAll(Content data, Call call) throws DiskException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    for (long at = 0; at < data.size(); at += buffer.limit()) {
      call.check("verify image");
      call.progress().report("verifying", at, data.size());
      if (data.read(at, buffer.clear()) == 0) {
        throw endedEarly(at);
      }
      update(buffer.flip());
    }
  }

  private DiskException endedEarly(long at) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, "verify image")
        .resource(image.toString())
        .said("it ends at %d bytes, before its end".formatted(at))
        .remedy("wait until nobody writes the image any more, and try again")
        .build();
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
