package io.diskwright.core.event;

import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Something that has begun, and is told when it is ended, as a success or as a failure. To be ended
 * once; one thread.
 */
public final class Span {
  /** What nobody wants to know. */
  static final Span UNHEARD = new Span(null, null, Kind.HIT, "");

  private final @Nullable Events events;
  private final @Nullable JfrEvent recorded;
  private final Kind kind;
  private final String resource;
  private long startNanos;
  private boolean timed;
  private String way = "";
  private long bytes;
  private long count;
  private Object detail = "";

  Span(@Nullable Events events, @Nullable JfrEvent recorded, Kind kind, String resource) {
    this.events = events;
    this.recorded = recorded;
    this.kind = kind;
    this.resource = resource;
  }

  void start() {
    if (isHeard()) {
      timed = true;
      startNanos = System.nanoTime();
      if (recorded != null) {
        recorded.begin();
      }
    }
  }

  /** Returns whether anybody wants to know, and it is worth finding out more. */
  public boolean isHeard() {
    return events != null;
  }

  /**
   * Says more of it; nothing is told yet.
   *
   * @param way how it is done, one of a few words; see {@link PoolEvent#way}
   * @param bytes how many bytes it is about, 0 or more
   * @param detail more for a person; its {@code toString} is called when it ends
   */
  public void describe(String way, long bytes, Object detail) {
    if (isHeard()) {
      this.way = way;
      this.bytes = bytes;
      this.detail = detail;
    }
  }

  /** Says how many things it is about; nothing is told yet. */
  public void count(long things) {
    if (isHeard()) {
      count = things;
    }
  }

  /** Ends it well. */
  public void succeeded() {
    end(bytes, count, Optional.empty(), detail.toString());
  }

  /**
   * Ends it as a failure, of which the way is told that was described before.
   *
   * @param cause what it failed with; what is no {@link DiskException} counts as {@code INTERNAL}
   */
  public void failed(Throwable cause) {
    Reason reason = cause instanceof DiskException e ? e.reason() : Reason.INTERNAL;
    Object message = cause instanceof DiskException ? cause.getMessage() : cause;
    end(0, 0, Optional.of(reason), String.valueOf(message));
  }

  private void end(long bytes, long count, Optional<Reason> failure, String detail) {
    if (events != null) {
      Duration took = timed ? Duration.ofNanos(System.nanoTime() - startNanos) : Duration.ZERO;
      if (recorded != null && timed) {
        recorded.end();
      }
      events.deliver(
          new PoolEvent(kind, events.pool(), resource, took, way, bytes, count, failure, detail),
          recorded);
    }
  }
}
