package io.diskwright.core.event;

import io.diskwright.core.event.PoolEvent.Kind;
import jdk.jfr.Description;
import jdk.jfr.Label;
import jdk.jfr.Name;
import org.jspecify.annotations.Nullable;

/**
 * The Flight Recorder's events, one class for each kind. Not to be touched before the recorder is
 * in use: to load them takes longer than to make a disk.
 */
final class JfrEvents {
  private JfrEvents() {}

  /** Returns an event to be recorded, or null when no recording wants its kind. */
  static @Nullable JfrEvent wanted(Kind kind) {
    JfrEvent event =
        switch (kind) {
          case HIT -> new Hit();
          case MISS -> new Miss();
          case FILL_STARTED -> new FillStarted();
          case FILL -> new Fill();
          case WAIT -> new Wait();
          case CREATE -> new Create();
          case EVICT -> new Evict();
          case SWEEP -> new Sweep();
        };
    return event.isEnabled() ? event : null;
  }

  @Name("io.diskwright.Hit")
  @Label("Base Hit")
  @Description("A base that was asked for was there")
  static final class Hit extends JfrEvent {}

  @Name("io.diskwright.Miss")
  @Label("Base Miss")
  @Description("A base that was asked for was not there")
  static final class Miss extends JfrEvent {}

  @Name("io.diskwright.FillStarted")
  @Label("Base Fill Started")
  @Description("A fill of a base has begun")
  static final class FillStarted extends JfrEvent {}

  @Name("io.diskwright.Fill")
  @Label("Base Fill")
  @Description("A fill of a base has ended")
  static final class Fill extends JfrEvent {}

  @Name("io.diskwright.Wait")
  @Label("Lock Wait")
  @Description("Somebody else held a lock, which had to be waited for")
  static final class Wait extends JfrEvent {}

  @Name("io.diskwright.Create")
  @Label("Disk Create")
  @Description("A disk was made, with the fill of its base where that was needed")
  static final class Create extends JfrEvent {}

  @Name("io.diskwright.Evict")
  @Label("Base Evict")
  @Description("A base was taken out of the cache")
  static final class Evict extends JfrEvent {}

  @Name("io.diskwright.Sweep")
  @Label("Sweep")
  @Description("What killed calls left behind was swept")
  static final class Sweep extends JfrEvent {}
}
