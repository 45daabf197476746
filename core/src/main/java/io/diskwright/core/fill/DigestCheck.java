package io.diskwright.core.fill;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Computes the digests of an image's bytes as they come by, from the first to the last. */
final class DigestCheck {
  private final Image image;
  private final Map<Digest, MessageDigest> digests = new LinkedHashMap<>();

  private DigestCheck(Image image) {
    this.image = image;
    image.digest().ifPresent(this::want);
    image.sourceDigest().ifPresent(this::want);
  }

  private void want(Digest wanted) {
    try {
      digests.put(wanted, MessageDigest.getInstance(wanted.javaAlgorithm()));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has " + wanted.javaAlgorithm(), e);
    }
  }

  /** Returns the check of what an image is declared to have, and of what its source says. */
  static Optional<DigestCheck> of(Image image) {
    return image.digest().map(digest -> new DigestCheck(image));
  }

  /** Takes the next bytes; the buffer is left as it is. */
  void update(ByteBuffer bytes) {
    digests.values().forEach(digest -> digest.update(bytes.duplicate()));
  }

  void verify() throws DiskException {
    for (Map.Entry<Digest, MessageDigest> each : digests.entrySet()) {
      Digest wanted = each.getKey();
      String found = HexFormat.of().formatHex(each.getValue().digest());
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
}
