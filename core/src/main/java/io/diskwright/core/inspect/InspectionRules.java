package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a pool accepts.
 *
 * @param formats the formats that are accepted
 * @param virtualSizeLimit the largest guest-visible size that is accepted, in bytes
 */
public record InspectionRules(Set<DiskFormat> formats, long virtualSizeLimit) {
  /**
   * The version of all rules that Diskwright has. Raised whenever something is refused that was
   * accepted before, so that what was inspected by older rules is inspected again.
   */
  public static final int VERSION = 2;

  /** Copies the set. */
  public InspectionRules {
    formats = Set.copyOf(Objects.requireNonNull(formats, "formats"));
  }

  /** Returns why a virtual size is not accepted, in bytes, if it is not. */
  public Optional<String> whyTooLarge(long virtualSize) {
    return virtualSize <= virtualSizeLimit
        ? Optional.empty()
        : Optional.of(
            "its virtual size is %d bytes, above the limit of %d"
                .formatted(virtualSize, virtualSizeLimit));
  }

  /** Returns rules that accept every format that is ever accepted. */
  public static InspectionRules all(long virtualSizeLimit) {
    return new InspectionRules(EnumSet.complementOf(EnumSet.of(DiskFormat.QED)), virtualSizeLimit);
  }
}
