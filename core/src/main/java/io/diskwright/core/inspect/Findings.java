package io.diskwright.core.inspect;

import io.diskwright.spi.DiskFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Collects what is found about one image; one thread. */
final class Findings {
  private static final int SECTOR = 512;
  private static final int MOST_REASONS = 20;

  private final List<String> reasons = new ArrayList<>();
  private final List<String> features = new ArrayList<>();
  private final List<Range> ranges = new ArrayList<>();
  private String detected = Verdict.UNKNOWN;
  private Optional<DiskFormat> format = Optional.empty();
  private OptionalLong virtualSize = OptionalLong.empty();
  private OptionalLong allocatedBytes = OptionalLong.empty();

  /** A part that must be within the file, whose size may be known only at its end. */
  private record Range(String what, long offset, long length) {
    boolean isWithin(long size) {
      return offset >= 0 && length >= 0 && offset <= size - length;
    }
  }

  void detected(String kind, Optional<DiskFormat> asFormat) {
    detected = kind;
    format = asFormat;
  }

  String detected() {
    return detected;
  }

  Optional<DiskFormat> format() {
    return format;
  }

  /** Refuses the image. Whoever refuses an image for very many reasons is heard for the first. */
  void refuse(String reason) {
    if (!full() && !reasons.contains(reason)) {
      reasons.add(reason);
    }
  }

  /** Refuses the image unless something holds; returns whether it does. */
  boolean require(boolean holds, String otherwise) {
    if (!holds) {
      refuse(otherwise);
    }
    return holds;
  }

  boolean refused() {
    return !reasons.isEmpty();
  }

  /** Returns whether there are so many reasons that no more are heard. */
  boolean full() {
    return reasons.size() >= MOST_REASONS;
  }

  void feature(String feature) {
    features.add(feature);
  }

  /** Remembers that a part must be within the file. */
  void requireWithin(String what, long offset, long length) {
    ranges.add(new Range(what, offset, length));
  }

  /** Refuses an image whose parts are not within its size. */
  void end(long size) {
    for (Range range : ranges) {
      if (!range.isWithin(size)) {
        refuse("it is truncated or damaged: %s is not within the file".formatted(range.what));
      }
    }
    ranges.clear();
  }

  /** Machines see whole sectors: the last one is filled up with zeros. */
  void virtualSize(long bytes) {
    virtualSize = OptionalLong.of(wholeSectors(bytes));
  }

  /** Returns so many bytes, rounded up to whole sectors. */
  static long wholeSectors(long bytes) {
    return (bytes / SECTOR + (bytes % SECTOR == 0 ? 0 : 1)) * SECTOR;
  }

  OptionalLong virtualSize() {
    return virtualSize;
  }

  void allocatedBytes(long bytes) {
    allocatedBytes = OptionalLong.of(bytes);
  }

  Verdict verdict() {
    return new Verdict(detected, format, virtualSize, allocatedBytes, reasons, features);
  }
}
