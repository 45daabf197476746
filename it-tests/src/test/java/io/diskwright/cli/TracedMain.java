package io.diskwright.cli;

import io.diskwright.spi.call.Cancellation;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The program, which has itself traced once the JVM and the command line are up: a start under
 * strace takes several times as long as what is of interest.
 *
 * <p>Arguments: strace with its options, {@code --}, the program's command line.
 */
public final class TracedMain {
  /** What stands between strace's options and the program's command line. */
  public static final String END_OF_STRACE = "--";

  private TracedMain() {}

  /** Runs the program, traced if strace is named. */
  public static void main(String[] arguments) throws IOException {
    List<String> all = Arrays.asList(arguments);
    int end = all.indexOf(END_OF_STRACE);
    warmUp();
    if (end > 0) {
      List<String> strace =
          Stream.concat(
                  all.subList(0, end).stream(),
                  Stream.of("-p", String.valueOf(ProcessHandle.current().pid())))
              .toList();
      haveTraced(strace);
    }
    Main.main(all.subList(end + 1, all.size()).toArray(String[]::new));
  }

  /** Loads what every command needs, by one that touches no pool. */
  private static void warmUp() {
    OutputStream nowhere = OutputStream.nullOutputStream();
    int unused = new Program(nowhere, nowhere, new Cancellation()).run("backend", "list");
  }

  /** Returns when each thread is traced, which is when strace says that it has attached. */
  private static void haveTraced(List<String> strace) throws IOException {
    Process tracer = new ProcessBuilder(strace).start();
    String said = tracer.errorReader().readLine();
    if (said == null || !said.contains(" attached")) {
      throw new IOException(strace + ": " + said);
    }
  }
}
