package io.diskwright.it.arch.planted.core;

import java.io.IOException;
import java.util.logging.Logger;
import jdk.jfr.FlightRecorder;

/** Planted: all that nobody may do; in a package that is not null-marked. */
@SuppressWarnings({"removal", "deprecation", "DefaultCharset", "Finalize", "unused", "ThreadStop"})
final class BadHabits {
  private BadHabits() {}

  static void all(Thread thread) throws IOException, ReflectiveOperationException {
    System.out.println("printed");
    Logger.getLogger("x").info("logged");
    byte[] bytes = "by chance".getBytes();
    Class<?> type = Class.forName("io.diskwright.backend.raw.RawBackendProvider");
    Process process = new ProcessBuilder("true").start();
    thread.stop();
    FlightRecorder.getFlightRecorder().takeSnapshot();
    System.exit(bytes.length);
  }

  @Override
  protected void finalize() {}
}
