package io.diskwright.spi.call;

/**
 * A token that asks a call to end early.
 *
 * <p>Thread-safe. It is not {@link Thread#interrupt}: an interrupt closes a {@code FileChannel} for
 * everybody and cannot end a native call. {@link Call#check} takes an interrupt of the thread that
 * asks it for a cancellation of that call.
 */
public final class Cancellation {
  private volatile boolean cancelled;

  /** Makes a token that nobody has cancelled yet. */
  public Cancellation() {}

  /** Asks the call to end; it ends at its next safe point with reason {@code CANCELLED}. */
  public void cancel() {
    cancelled = true;
  }

  /** Returns whether somebody has asked the call to end. */
  public boolean isCancelled() {
    return cancelled;
  }
}
