package io.diskwright.core.provision;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.UUID;
import java.util.stream.Collectors;

/** Computes the keys of bases. */
final class BaseKeys {
  private BaseKeys() {}

  /**
   * Returns the key of an image's base: of its source, its id, its validator, the digest that it is
   * declared to have, and the formats in which the pool keeps bases.
   *
   * <p>An image without a validator gets a key that nobody else has, so that its base is not
   * shared.
   */
  static BaseKey of(Image image, List<DiskFormat> baseFormats) {
    String identity =
        String.join(
            "\0",
            image.source(),
            image.id(),
            image.validator().orElseGet(() -> UUID.randomUUID().toString()),
            image.digest().map(Digest::toString).orElse(""),
            baseFormats.stream().map(DiskFormat::id).collect(Collectors.joining(",")));
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(identity.getBytes(StandardCharsets.UTF_8));
      return new BaseKey(HexFormat.of().formatHex(hash));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
