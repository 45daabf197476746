package io.diskwright.backend.rbd;

import io.diskwright.spi.image.Location;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The address of a snapshot of an image: {@code rbd://FSID/POOL/IMAGE/SNAPSHOT}, each part
 * percent-encoded, as Glance writes it.
 *
 * @param fsid the cluster's id
 * @param pool the Ceph pool
 * @param image the image's name
 * @param snapshot the snapshot's name
 */
record RbdLocation(String fsid, String pool, String image, String snapshot) {
  static final String SCHEME = "rbd";

  private static final int PARTS = 4;

  /** Reads a location; empty when it is not of that form. */
  static Optional<RbdLocation> parse(Location location) {
    String text = location.uri().toString();
    String prefix = SCHEME + "://";
    if (!text.startsWith(prefix)) {
      return Optional.empty();
    }
    List<String> parts =
        Arrays.stream(text.substring(prefix.length()).split("/", -1))
            .map(RbdLocation::decode)
            .toList();
    if (parts.size() != PARTS || parts.stream().anyMatch(String::isEmpty)) {
      return Optional.empty();
    }
    return Optional.of(new RbdLocation(parts.get(0), parts.get(1), parts.get(2), parts.get(3)));
  }

  /** Percent-encoding, in which a plus is a plus. */
  private static String decode(String part) {
    try {
      return URLDecoder.decode(part.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
