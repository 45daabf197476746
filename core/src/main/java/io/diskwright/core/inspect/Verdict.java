package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What an inspection found.
 *
 * @param detected what the bytes are, in a word or two, such as {@code qcow2}, {@code gpt} or
 *     {@code luks}; {@code unknown} when nothing tells
 * @param format what they are as an image, where they are one
 * @param virtualSize the guest-visible size in bytes, a multiple of 512, where that could be told
 * @param allocatedBytes how many bytes of storage its content takes as raw, at the most, where its
 *     tables tell that; may be more than the virtual size
 * @param reasons why the image is refused; none when it is safe
 * @param features what else is worth knowing, such as {@code version 3}
 */
public record Verdict(
    String detected,
    Optional<DiskFormat> format,
    OptionalLong virtualSize,
    OptionalLong allocatedBytes,
    List<String> reasons,
    List<String> features) {
  static final String SIZE_AS_WRITTEN = "size as written";
  static final String PLAIN_CLUSTERS = "plain clusters";

  /** What {@link #detected} says of bytes that nothing tells anything about. */
  public static final String UNKNOWN = "unknown";

  /** Copies the lists. */
  public Verdict {
    reasons = List.copyOf(reasons);
    features = List.copyOf(features);
  }

  /** Returns that of bytes that a guest is to see, and of which nothing is to be made. */
  public static Verdict ofContent() {
    return new Verdict(
        UNKNOWN,
        Optional.of(DiskFormat.RAW),
        OptionalLong.empty(),
        OptionalLong.empty(),
        List.of(),
        List.of());
  }

  /**
   * Returns this verdict of a raw image of which only the first bytes are known.
   *
   * @param size how many bytes it has
   * @param rules what is accepted
   */
  public Verdict asRaw(long size, InspectionRules rules) {
    long virtual = Findings.wholeSectors(size);
    List<String> more = new ArrayList<>(reasons);
    rules.whyTooLarge(virtual).ifPresent(more::add);
    return new Verdict(
        detected,
        Optional.of(DiskFormat.RAW),
        OptionalLong.of(virtual),
        OptionalLong.empty(),
        more,
        features);
  }

  /** Returns this verdict with one more thing worth knowing. */
  public Verdict withFeature(String feature) {
    List<String> more = new ArrayList<>(features);
    more.add(feature);
    return new Verdict(detected, format, virtualSize, allocatedBytes, reasons, more);
  }

  /** Returns whether the image may be used. */
  public boolean safe() {
    return reasons.isEmpty();
  }

  /** Returns whether it is a VHD of the size that it states, not of that of its geometry. */
  public boolean sizeAsWritten() {
    return features.contains(SIZE_AS_WRITTEN);
  }

  /**
   * Returns whether it is a qcow2 whose clusters are just what machines see: all of them were
   * looked at, and none is compressed or divided into subclusters.
   */
  public boolean plainClusters() {
    return features.contains(PLAIN_CLUSTERS);
  }

  /** Returns whether the bytes themselves show what they are. */
  public boolean known() {
    return !detected.equals(UNKNOWN);
  }
}
