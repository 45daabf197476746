package io.diskwright.spi.lock;

/** Whether a lock admits others. */
public enum LockMode {
  /** Any number of holders at once, none of them exclusive. */
  SHARED,
  /** One holder. */
  EXCLUSIVE
}
