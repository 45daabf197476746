package io.diskwright.backend.lvm.lvm2;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.process.ChildProcess;
import io.diskwright.toolkit.process.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the command {@code lvm}. It gets no input, so that no prompt of its waits for an answer: it
 * takes the end of the input for no. Any thread.
 */
final class Lvm {
  static final Tool TOOL = new Tool("lvm", "lvm2");

  private Lvm() {}

  /**
   * Asks for a report.
   *
   * @param tried what it is asked for, as it would follow "cannot"
   * @param command the command, such as {@code lvs}
   * @param fields the fields wanted; sizes come in bytes, without a unit
   * @param more further arguments
   * @return the rows, each with its fields by name
   * @throws DiskException with reason {@code IO_ERROR} when lvm2 says that it failed, {@code
   *     UNAVAILABLE} when it is not there, is too slow, or says what is no report
   */
  static List<Map<String, String>> report(
      String tried, String command, List<String> fields, List<String> more, Call call)
      throws DiskException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                command,
                "--reportformat",
                "json",
                "--units",
                "b",
                "--nosuffix",
                "-o",
                String.join(",", fields)));
    arguments.addAll(more);
    String printed = ChildProcess.of(tried, TOOL.require(tried), arguments).run(call);
    try {
      return Report.rows(printed);
    } catch (IllegalArgumentException e) {
      throw DiskException.of(Reason.UNAVAILABLE, tried)
          .said("lvm %s printed no report: %s".formatted(command, e.getMessage()))
          .remedy("see what it prints when it is run by hand")
          .cause(e)
          .build();
    }
  }

  /**
   * Changes something. It is never killed amid that: a group of its messages to a thin pool must
   * not be cut in two.
   *
   * @param tried what is changed, as it would follow "cannot"
   * @param arguments the command and its arguments
   * @throws DiskException with reason {@code IO_ERROR} or {@code NO_SPACE} when lvm2 says that it
   *     failed, which need not mean that nothing has changed; {@code OUTCOME_UNKNOWN} when it was
   *     too slow
   */
  static void change(String tried, List<String> arguments, Call call) throws DiskException {
    String unused = ChildProcess.of(tried, TOOL.require(tried), arguments).neverKilled().run(call);
  }
}
