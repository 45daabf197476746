package io.diskwright.backend.rbd.ceph;

/**
 * Learns how far a long call is, and may end it.
 *
 * <p>It is told in threads of librbd, which holds locks meanwhile: it must be quick, and every call
 * of this package from inside it throws {@link IllegalStateException}.
 */
@FunctionalInterface
public interface RbdProgress {
  /** Wants to know nothing, and lets every call go on. */
  RbdProgress NONE = (done, total) -> true;

  /**
   * Tells how far the call is.
   *
   * <p>What it throws ends the call as {@code false} does, and is thrown by the call once librbd
   * has come back.
   *
   * @param done how many objects, or steps, are begun
   * @param total how many there are
   * @return whether to go on; where librbd honours it, as the call's own description says, the call
   *     then fails with {@code ECANCELED} once what is under way has ended
   */
  boolean report(long done, long total);
}
