package io.diskwright.backend.rbd;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Between who waits for some work and who does it: until the work is committed, its waiter may give
 * it up, and then it never is; any thread.
 */
final class Gate {
  private enum State {
    OPEN,
    COMMITTED,
    DELIVERED,
    GIVEN_UP
  }

  private final Call call;
  private final String tried;
  private final Cancellation givenUp = new Cancellation();
  private final AtomicReference<State> state = new AtomicReference<>(State.OPEN);

  Gate(Call call, String tried) {
    this.call = call;
    this.tried = tried;
  }

  /** Returns a call that ends when the waiter gives up, too, for those who know no gate. */
  Call call() {
    return Call.of(call.deadline(), givenUp, call.progress());
  }

  /** Tells the waiter how far it is; returns whether it still waits. */
  boolean report(String step, long done, long total) {
    if (state.get() == State.GIVEN_UP) {
      return false;
    }
    call.progress().report(step, done, total);
    return true;
  }

  /** Ends the work when nobody waits for it any more. */
  void check() throws DiskException {
    if (state.get() == State.GIVEN_UP) {
      throw DiskException.of(Reason.CANCELLED, tried)
          .said("nobody waits for it any more")
          .remedy("try again when it is wanted after all")
          .build();
    }
    call.check(tried);
  }

  /** Says that what comes now changes what others see; ends the work instead if it was given up. */
  void commit() throws DiskException {
    check();
    if (!state.compareAndSet(State.OPEN, State.COMMITTED)) {
      check();
    }
  }

  boolean isCommitted() {
    return state.get() == State.COMMITTED;
  }

  /** Says that the result is there; returns false when nobody takes it any more. */
  boolean deliver() {
    return state.compareAndSet(State.OPEN, State.DELIVERED) || isCommitted();
  }

  /** Gives the work up; returns false when it is committed already. */
  boolean giveUp() {
    boolean given = state.compareAndSet(State.OPEN, State.GIVEN_UP);
    if (given) {
      givenUp.cancel();
    }
    return given;
  }
}
