package io.diskwright.core.event;

import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.spi.backend.PoolName;

/** The main class of a JVM that was linked without the Flight Recorder. */
final class WithoutFlightRecorder {
  private WithoutFlightRecorder() {}

  /** Prints whether the JVM has the Flight Recorder, and the events that its listener hears. */
  public static void main(String[] arguments) {
    System.out.println(ModuleLayer.boot().findModule("jdk.jfr").isPresent());
    Events events =
        new Events(new PoolName("pool"), event -> System.out.println(event.kind().id()));
    for (Kind kind : Kind.values()) {
      events.begin(kind, "resource").succeeded();
    }
    new Events(new PoolName("pool"), PoolListener.NONE).begin(Kind.HIT, "resource").succeeded();
    System.out.println("done");
  }
}
