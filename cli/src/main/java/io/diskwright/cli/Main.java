package io.diskwright.cli;

import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.error.Reason;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.OutputStream;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** The program {@code diskwright}. */
public final class Main {
  private static final int LONGEST_WAIT_SECONDS = 60;

  private Main() {}

  /**
   * Runs the program and ends the JVM with its exit code.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    Cancellation cancellation = new Cancellation();
    CountDownLatch ended = new CountDownLatch(1);
    Thread cancel = new Thread(() -> cancel(cancellation, ended), "cancel");
    Runtime.getRuntime().addShutdownHook(cancel);
    int exitCode;
    try {
      exitCode = new Program(stdout(), System.err, cancellation).run(args);
    } finally {
      end(cancel, ended);
    }
    System.exit(exitCode);
  }

  private static void end(Thread cancel, CountDownLatch ended) {
    try {
      Runtime.getRuntime().removeShutdownHook(cancel);
    } catch (IllegalStateException e) {
      ended.countDown(); // a signal came first: the hook ends the JVM
    }
  }

  /** Runs at SIGINT, SIGTERM and SIGHUP: what is under way cleans up after itself. */
  private static void cancel(Cancellation cancellation, CountDownLatch ended) {
    cancellation.cancel();
    try {
      boolean unused = ended.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    Runtime.getRuntime().halt(Reason.CANCELLED.exitCode());
  }

  /** What is written to {@link System#out} and not taken is told to nobody. */
  private static OutputStream stdout() {
    return new FileOutputStream(FileDescriptor.out);
  }
}
