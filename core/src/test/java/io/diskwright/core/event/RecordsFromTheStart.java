package io.diskwright.core.event;

import io.diskwright.core.event.PoolEvent.Kind;
import io.diskwright.spi.backend.PoolName;
import java.nio.file.Path;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;

/** The main class of a JVM that records from its start, before any event class is loaded. */
final class RecordsFromTheStart {
  private RecordsFromTheStart() {}

  /** Tells of one thing of each kind; what was recorded goes to the file {@code args[0]}. */
  public static void main(String[] arguments) throws Exception {
    Events events = new Events(new PoolName("pool"), PoolListener.NONE);
    for (Kind kind : Kind.values()) {
      events.begin(kind, "resource").succeeded();
    }
    try (Recording recording = FlightRecorder.getFlightRecorder().takeSnapshot()) {
      recording.dump(Path.of(arguments[0]));
    }
    System.out.println("done");
  }
}
