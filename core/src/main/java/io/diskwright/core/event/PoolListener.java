package io.diskwright.core.event;

/**
 * Hears what happens on the pools of one {@code Diskwright}.
 *
 * <p>It is called in the thread of the call that it hears of, by any number of threads at once, and
 * often while that call holds locks: it must return quickly, and must not change disks or bases
 * itself, which could wait for a lock that its own thread holds. Whatever it throws is logged and
 * goes no further: a call never fails because of its listener.
 *
 * <p>Later versions may tell of more kinds and say more of each; a listener leaves alone what it
 * does not know. One that feeds Micrometer, and needs no change for a new kind:
 *
 * <pre>{@code
 * PoolListener metrics =
 *     event -> {
 *       String name = "diskwright." + event.kind().id();
 *       Tags tags =
 *           Tags.of(
 *               "pool", event.pool().value(),
 *               "way", event.way(),
 *               "failure", event.failure().map(Reason::id).orElse(""));
 *       registry.timer(name, tags).record(event.duration());
 *       registry.counter(name + ".bytes", tags).increment(event.bytes());
 *     };
 * }</pre>
 */
@FunctionalInterface
public interface PoolListener {
  /** Hears nothing, at no cost. */
  PoolListener NONE = event -> {};

  /**
   * Hears of one event, after it has happened.
   *
   * @param event what happened
   */
  void on(PoolEvent event);
}
