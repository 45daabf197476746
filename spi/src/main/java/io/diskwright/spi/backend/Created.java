package io.diskwright.spi.backend;

import java.util.Objects;

/**
 * A disk that has just been made, and how.
 *
 * @param disk its record, published
 * @param way the name of the {@link Way} that was really taken; {@code blank} for a blank disk
 * @param bytesMoved how many bytes were read and written to make it, 0 or more
 */
public record Created(DiskRecord disk, String way, long bytesMoved) {
  /** Checks that nothing is null. */
  public Created {
    Objects.requireNonNull(disk, "disk");
    Objects.requireNonNull(way, "way");
  }
}
