package io.diskwright.spi.image;

import java.net.URI;
import java.util.Objects;

/**
 * A storage address of an image that a backend may clone from, such as {@code
 * rbd://fsid/pool/image/snap}.
 *
 * @param uri the address as the image source gave it
 */
public record Location(URI uri) {
  /** Checks that the address has a scheme. */
  public Location {
    if (Objects.requireNonNull(uri, "uri").getScheme() == null) {
      throw new IllegalArgumentException("location (%s) must have a scheme".formatted(uri));
    }
  }

  @Override
  public String toString() {
    return uri.toString();
  }
}
