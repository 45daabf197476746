package io.diskwright.toolkit.process;

import java.time.Duration;
import java.util.List;

/**
 * What one process in a cage may use at the most; the kernel holds it to that.
 *
 * @param addressSpace bytes of address space, of which a program takes far more than memory
 * @param cpuTime processor time of all its threads together, in whole seconds, at least one
 * @param fileSize how long a file that it writes may become, in bytes; 0 when it writes none
 * @param openFiles how many files it may have open, 16 or more
 */
public record CageLimits(long addressSpace, Duration cpuTime, long fileSize, int openFiles) {
  /** How much longer than its limit a process may live that does not hear the signal. */
  private static final int GRACE_SECONDS = 5;

  private static final int FEWEST_FILES = 16;

  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException when one is out of range
   */
  public CageLimits {
    if (addressSpace < 1 || cpuTime.toSeconds() < 1 || fileSize < 0 || openFiles < FEWEST_FILES) {
      throw new IllegalArgumentException(
          "limits (%d bytes, %s, %d bytes, %d files) must leave a program something"
              .formatted(addressSpace, cpuTime, fileSize, openFiles));
    }
  }

  /** Returns what prlimit must be told; a core would be a copy of the image's bytes. */
  List<String> arguments() {
    long seconds = cpuTime.toSeconds();
    return List.of(
        "--as=" + addressSpace,
        "--cpu=%d:%d".formatted(seconds, seconds + GRACE_SECONDS),
        "--fsize=" + fileSize,
        "--nofile=" + openFiles,
        "--core=0");
  }
}
