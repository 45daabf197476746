package io.diskwright.spi.backend;

import java.util.Objects;
import java.util.Optional;

/**
 * What growing a disk came to.
 *
 * @param disk the disk as it is now
 * @param machine what the machine that has the disk open must be told, as a QMP command or words
 *     for a person; empty when no machine has it open
 */
public record Resized(DiskRecord disk, Optional<String> machine) {
  /** Checks that nothing is null. */
  public Resized {
    Objects.requireNonNull(disk, "disk");
    Objects.requireNonNull(machine, "machine");
  }
}
