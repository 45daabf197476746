package io.diskwright.it.lvm;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;

/**
 * Runs test classes inside the guest, and writes down how each test ended, for {@link LvmIT}.
 *
 * <p>Arguments: the file to write, and what to run, as {@link DiscoverySelectors#parse} reads it.
 */
final class GuestTests {
  private GuestTests() {}

  /**
   * How a test ended.
   *
   * @param path its class and its name, from the outside to the inside
   * @param failure what it failed with, with the stack trace; empty when it passed
   */
  record Ended(List<String> path, String failure) {
    private static final String FIELD = "\u001f";
    private static final String RECORD = "\u001e";

    static List<Ended> read(Path file) throws IOException {
      List<Ended> all = new ArrayList<>();
      for (String record : Files.readString(file).split(RECORD, -1)) {
        if (!record.isEmpty()) {
          String[] fields = record.split(FIELD, -1);
          int last = fields.length - 1;
          all.add(new Ended(Arrays.asList(fields).subList(0, last), fields[last]));
        }
      }
      return all;
    }

    /** One after the other, so that it is known how far it came when the guest ends early. */
    void append(Path file) {
      try {
        Files.writeString(
            file,
            String.join(FIELD, path) + FIELD + failure + RECORD,
            StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  public static void main(String[] arguments) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(
                Arrays.stream(arguments)
                    .skip(1)
                    .map(DiscoverySelectors::parse)
                    .map(Optional::orElseThrow)
                    .toList())
            .build();
    LauncherFactory.create().execute(request, new Listener(Path.of(arguments[0])));
  }

  private static final class Listener implements TestExecutionListener {
    private final Path results;
    private final List<String> path = new ArrayList<>();

    Listener(Path results) {
      this.results = results;
    }

    @Override
    public void executionStarted(TestIdentifier test) {
      path.add(test.getDisplayName());
    }

    /** A container that failed has tests that did not run. */
    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      Optional<Throwable> failure = result.getThrowable();
      if (test.isTest() || failure.isPresent()) {
        add(failure.map(Listener::trace).orElse(""));
      }
      path.remove(path.size() - 1);
    }

    @Override
    public void executionSkipped(TestIdentifier test, String reason) {
      path.add(test.getDisplayName());
      add("it was skipped: " + reason);
      path.remove(path.size() - 1);
    }

    private void add(String failure) {
      new Ended(path.subList(1, path.size()), failure).append(results); // [0] is the engine
    }

    private static String trace(Throwable failure) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      return trace.toString();
    }
  }
}
