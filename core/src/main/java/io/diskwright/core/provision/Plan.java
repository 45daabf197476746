package io.diskwright.core.provision;

import java.util.List;

/**
 * What would be done for a request: advisory, found out without changing or locking anything.
 *
 * @param steps what would be done, in order; none when the disk is there, as asked
 * @param refusals why faster ways would not be taken
 */
public record Plan(List<PlannedStep> steps, List<Refusal> refusals) {
  /** Copies the lists. */
  public Plan {
    steps = List.copyOf(steps);
    refusals = List.copyOf(refusals);
  }
}
