package io.diskwright.spi.backend;

import java.time.Instant;
import java.util.List;
import java.util.Objects;

/**
 * What a base costs and who needs it.
 *
 * @param base the base
 * @param allocated bytes that it takes up on the storage, as far as the storage can tell; what it
 *     shares with disks counts too
 * @param lastUsed when a disk was last made from it, or when it was made if none was
 * @param pinned whether it must not be pruned
 * @param users the disks that depend on it, by name
 */
public record BaseUsage(
    BaseRecord base, long allocated, Instant lastUsed, boolean pinned, List<DiskName> users) {
  /** Copies the list, and checks that nothing is null. */
  public BaseUsage {
    Objects.requireNonNull(base, "base");
    Objects.requireNonNull(lastUsed, "lastUsed");
    users = List.copyOf(users);
  }
}
