package io.diskwright.spi.lock;

/**
 * A lock that is held until it is closed; close may be called from any thread, and again.
 *
 * <p>On shared storage a lease can lapse while its holder is paused; what the holder then still
 * writes harms nobody, because it writes a target of its own and its publication is refused.
 */
public interface Lease extends AutoCloseable {
  /** Returns what is locked. */
  LockKey key();

  /** Returns how it is locked. */
  LockMode mode();

  /** Returns whether it is still held, as far as that can be told without contacting anything. */
  boolean isHeld();

  /**
   * Tells those who wait for the lock what is being done and how far it is; cheap, may be dropped,
   * never fails.
   *
   * @param doing words for a person, such as "converting, 45 %"
   */
  void report(String doing);

  /** Gives the lock back; does nothing when it was given back before. */
  @Override
  void close();
}
