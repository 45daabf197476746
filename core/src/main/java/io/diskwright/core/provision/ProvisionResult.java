package io.diskwright.core.provision;

import java.util.List;
import java.util.Objects;

/**
 * The disk that was asked for, and what it took.
 *
 * @param disk the disk
 * @param created whether this call made it; false when it was there, as asked
 * @param steps what was really done, in order
 * @param refusals why faster ways were not taken
 */
public record ProvisionResult(
    Disk disk, boolean created, List<Step> steps, List<Refusal> refusals) {
  /** Copies the lists. */
  public ProvisionResult {
    Objects.requireNonNull(disk, "disk");
    steps = List.copyOf(steps);
    refusals = List.copyOf(refusals);
  }

  /** Returns how many bytes were read and written in all. */
  public long bytesMoved() {
    return steps.stream().mapToLong(Step::bytesMoved).sum();
  }
}
