package io.diskwright.it.lvm;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * <p>Arguments: the file to write, the classes.
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

    static void write(Path file, List<Ended> all) throws IOException {
      StringBuilder text = new StringBuilder();
      for (Ended one : all) {
        text.append(String.join(FIELD, one.path)).append(FIELD).append(one.failure).append(RECORD);
      }
      Files.writeString(file, text);
    }
  }

  public static void main(String[] arguments) throws Exception {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request()
            .selectors(
                Arrays.stream(arguments).skip(1).map(DiscoverySelectors::selectClass).toList())
            .build();
    Listener listener = new Listener();
    LauncherFactory.create().execute(request, listener);
    Ended.write(Path.of(arguments[0]), listener.ended);
  }

  private static final class Listener implements TestExecutionListener {
    final List<Ended> ended = new ArrayList<>();
    private final List<String> path = new ArrayList<>();

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
      ended.add(new Ended(List.copyOf(path.subList(1, path.size())), failure)); // [0]: the engine
    }

    private static String trace(Throwable failure) {
      StringWriter trace = new StringWriter();
      failure.printStackTrace(new PrintWriter(trace));
      return trace.toString();
    }
  }
}
