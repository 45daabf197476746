package io.diskwright.contract;

import java.util.Random;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/** The seed of a run's random numbers; a test that fails says it. */
final class Seed implements TestExecutionExceptionHandler {
  private static final String PROPERTY = "diskwright.seed";
  private static final long VALUE = Long.getLong(PROPERTY, System.nanoTime());

  Seed() {}

  static Random random() {
    return new Random(VALUE);
  }

  /** Carries the seed into the report of a failure. */
  private static final class Note extends Exception {
    private static final long serialVersionUID = 1L;

    Note() {
      super("to run it again with the same random numbers: -D%s=%d".formatted(PROPERTY, VALUE));
    }
  }

  @Override
  public void handleTestExecutionException(ExtensionContext context, Throwable failure)
      throws Throwable {
    failure.addSuppressed(new Note());
    throw failure;
  }
}
