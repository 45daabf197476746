package io.diskwright.spi.backend;

import java.time.Instant;
import java.util.Objects;

/**
 * A state of a disk that was kept.
 *
 * @param name its name
 * @param size the disk's guest-visible size then, in bytes
 * @param created when it was made
 */
public record Snapshot(SnapshotName name, long size, Instant created) {
  /** Checks that nothing is null. */
  public Snapshot {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(created, "created");
  }
}
