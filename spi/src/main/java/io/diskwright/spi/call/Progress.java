package io.diskwright.spi.call;

/**
 * Hears how far a call is; may be called from any thread, must return quickly and must not throw.
 */
@FunctionalInterface
public interface Progress {
  /** Hears nothing. */
  Progress NONE = (step, done, total) -> {};

  /**
   * Tells how far a step is.
   *
   * @param step what is being done, as words for a person, such as "converting"
   * @param done bytes done, 0 to {@code total}
   * @param total bytes in all, or -1 when not known
   */
  void report(String step, long done, long total);
}
