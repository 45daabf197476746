package io.diskwright.spi.backend;

import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** What is asked of a backend for a new disk; immutable. Made by core, which has checked it. */
public final class DiskRequest {
  private final DiskName name;
  private final long size;
  private final boolean preallocate;
  private final SortedMap<String, String> asked;

  private DiskRequest(Builder builder) {
    this.name = builder.name;
    this.size = builder.size;
    this.preallocate = builder.preallocate;
    this.asked = Collections.unmodifiableSortedMap(new TreeMap<>(builder.asked));
  }

  /**
   * Starts a request.
   *
   * @param name the disk's name
   * @param size the disk's size in bytes, a positive multiple of 512
   * @throws IllegalArgumentException when the size is not that
   */
  public static Builder builder(DiskName name, long size) {
    return new Builder(name, size);
  }

  /** Returns the disk's name. */
  public DiskName name() {
    return name;
  }

  /** Returns the disk's size in bytes. */
  public long size() {
    return size;
  }

  /**
   * Returns whether the storage for all of the disk must be set aside before it is published; asked
   * only of a backend that offers {@link Preallocation}.
   */
  public boolean preallocate() {
    return preallocate;
  }

  /**
   * Returns what the user asked for, as names and values; the backend keeps it in the record as it
   * is, and core compares it when the same name is asked for again.
   */
  public SortedMap<String, String> asked() {
    return asked;
  }

  /** Collects the parts of a request; not thread-safe. */
  public static final class Builder {
    private final DiskName name;
    private final long size;
    private boolean preallocate;
    private Map<String, String> asked = Map.of();

    private Builder(DiskName name, long size) {
      this.name = Objects.requireNonNull(name, "name");
      if (size <= 0 || size % 512 != 0) {
        throw new IllegalArgumentException(
            "size (%d) must be a positive multiple of 512".formatted(size));
      }
      this.size = size;
    }

    /** Sets whether the storage for all of the disk must be set aside. */
    public Builder preallocate(boolean preallocate) {
      this.preallocate = preallocate;
      return this;
    }

    /** Sets what the user asked for. */
    public Builder asked(Map<String, String> asked) {
      this.asked = Map.copyOf(asked);
      return this;
    }

    /** Returns the request. */
    public DiskRequest build() {
      return new DiskRequest(this);
    }
  }
}
