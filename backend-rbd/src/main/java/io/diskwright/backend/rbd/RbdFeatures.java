package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.ImageOptions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The names that Ceph's own tools have for the features of images. */
final class RbdFeatures {
  private static final Map<String, Long> BITS =
      new TreeMap<>(
          Map.of(
              "layering", ImageOptions.FEATURE_LAYERING,
              "exclusive-lock", ImageOptions.FEATURE_EXCLUSIVE_LOCK,
              "object-map", ImageOptions.FEATURE_OBJECT_MAP,
              "fast-diff", ImageOptions.FEATURE_FAST_DIFF,
              "deep-flatten", ImageOptions.FEATURE_DEEP_FLATTEN,
              "journaling", ImageOptions.FEATURE_JOURNALING));

  private static final Map<String, String> NEEDS =
      Map.of(
          "object-map", "exclusive-lock",
          "fast-diff", "object-map",
          "journaling", "exclusive-lock");

  private RbdFeatures() {}

  /**
   * Returns a feature's name as it is.
   *
   * @throws IllegalArgumentException when it is none
   */
  static String name(String name) {
    if (!BITS.containsKey(name)) {
      throw new IllegalArgumentException("must be one of " + String.join(", ", BITS.keySet()));
    }
    return name;
  }

  /**
   * Returns the bits of some features; layering is always among them, for clones need it.
   *
   * @throws IllegalArgumentException when one needs another that is not among them
   */
  static long bits(List<String> names) {
    for (String name : names) {
      String needed = NEEDS.getOrDefault(name, name);
      if (!names.contains(needed)) {
        throw new IllegalArgumentException(
            "image-features must have %s, which %s needs".formatted(needed, name));
      }
    }
    long bits = ImageOptions.FEATURE_LAYERING;
    for (String name : names) {
      bits |= BITS.getOrDefault(name, 0L);
    }
    return bits;
  }
}
