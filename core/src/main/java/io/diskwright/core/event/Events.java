package io.diskwright.core.event;

import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.spi.backend.PoolName;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells a listener and the JDK's Flight Recorder what happens on one pool; any thread. When neither
 * wants to know, telling costs a look and allocates nothing.
 */
public final class Events {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);

  /** A runtime that was linked for one program may come without it. */
  private static final boolean HAS_JFR = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private final PoolName pool;
  private final PoolListener listener;

  /**
   * Makes the events of a pool.
   *
   * @param pool the pool
   * @param listener who is told, beside the Flight Recorder; {@link PoolListener#NONE} for nobody
   */
  public Events(PoolName pool, PoolListener listener) {
    this.pool = pool;
    this.listener = listener;
  }

  /**
   * Begins what will be told when it ends.
   *
   * @param kind what kind of thing it is
   * @param resource what it happens to
   * @return what ends it; of one that is never ended, nothing is told
   */
  public Span begin(Kind kind, String resource) {
    Span span = span(kind, resource);
    span.start();
    return span;
  }

  /**
   * Tells of something that takes no time.
   *
   * @param kind what kind of thing it is
   * @param resource what it happened to
   * @param bytes how many bytes it was about, 0 or more
   * @param detail more about it; its {@code toString} is called when somebody wants to know
   */
  public void tell(Kind kind, String resource, long bytes, Object detail) {
    Span span = span(kind, resource);
    span.describe("", bytes, detail);
    span.succeeded();
  }

  private Span span(Kind kind, String resource) {
    boolean recorderInUse = HAS_JFR && FlightRecorder.isInitialized();
    JfrEvent recorded = recorderInUse ? JfrEvents.wanted(kind) : null;
    return recorded == null && listener == PoolListener.NONE
        ? Span.UNHEARD
        : new Span(this, recorded, kind, resource);
  }

  PoolName pool() {
    return pool;
  }

  /** Whatever a listener throws, even an error, is no reason to break the call that it hears of. */
  void deliver(PoolEvent event, @Nullable JfrEvent recorded) {
    if (recorded != null) {
      recorded.record(event);
    }
    try {
      listener.on(event);
    } catch (Throwable e) {
      LOG.warn("the listener failed on: {}", event, e);
    }
  }
}
