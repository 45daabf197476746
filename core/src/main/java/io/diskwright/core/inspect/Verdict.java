package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an inspection found.
 *
 * @param format what the bytes are, where that could be told
 * @param virtualSize the guest-visible size in bytes, a multiple of 512, where that could be told
 * @param allocatedBytes how many bytes of storage its content takes as raw, at the most, where its
 *     tables tell that; may be more than the virtual size
 * @param reasons why the image is refused; none when it is safe
 * @param features what else is worth knowing, such as {@code qcow2 version 3}
 */
public record Verdict(
    Optional<DiskFormat> format,
    OptionalLong virtualSize,
    OptionalLong allocatedBytes,
    List<String> reasons,
    List<String> features) {
  /** Copies the lists. */
  public Verdict {
    reasons = List.copyOf(reasons);
    features = List.copyOf(features);
  }

  /** Returns whether the image may be used. */
  public boolean safe() {
    return reasons.isEmpty();
  }
}
