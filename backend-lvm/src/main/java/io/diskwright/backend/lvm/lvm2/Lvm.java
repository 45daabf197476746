package io.diskwright.backend.lvm.lvm2;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.process.ChildProcess;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Runs the command {@code lvm}. It gets no input, so that no prompt of its waits for an answer: it
 * takes the end of the input for no. Any thread.
 */
final class Lvm {
  /** What lvm2 says when there is no space; its exit status is that of any failure. */
  private static final List<String> NO_SPACE =
      List.of(
          "insufficient free space",
          "Insufficient free space",
          "Insufficient suitable",
          "No specified PVs have space available",
          "reached threshold",
          "too large for circular buffer");

  private final String config;

  /** Takes what each of its commands finds set, besides what lvm.conf(5) sets. */
  Lvm(String config) {
    this.config = config;
  }

  /** Returns one whose commands find more set. */
  Lvm with(String more) {
    return new Lvm((config + ' ' + more).strip());
  }

  /**
   * Asks for a report.
   *
   * @param tried what it is asked for, as it would follow "cannot"
   * @param command the command, such as {@code lvs}
   * @param fields the fields wanted; sizes come in bytes, without a unit
   * @param more further arguments
   * @return the rows, each with its fields by name
   * @throws DiskException with reason {@code IO_ERROR} or {@code PERMISSION_DENIED} when lvm2 says
   *     that it failed, {@code UNAVAILABLE} when it is not there, is too slow, or says what is no
   *     report
   */
  List<Map<String, String>> report(
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
    String printed = run(child(tried, arguments), tried, call);
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
   * @throws DiskException with reason {@code IO_ERROR}, {@code NO_SPACE} or {@code
   *     PERMISSION_DENIED} when lvm2 says that it failed, which need not mean that nothing has
   *     changed; {@code OUTCOME_UNKNOWN} when it was too slow
   */
  void change(String tried, List<String> arguments, Call call) throws DiskException {
    String unused = run(child(tried, arguments).neverKilled(), tried, call);
  }

  private ChildProcess child(String tried, List<String> arguments) throws DiskException {
    List<String> all = new ArrayList<>(arguments);
    if (!config.isEmpty()) {
      all.addAll(1, List.of("--config", config));
    }
    return ChildProcess.of(tried, VolumeGroup.TOOL.require(tried), all);
  }

  private static String run(ChildProcess lvm, String tried, Call call) throws DiskException {
    try {
      return lvm.run(call);
    } catch (DiskException e) {
      if (e.reason() != Reason.IO_ERROR) {
        throw e;
      }
      if (NO_SPACE.stream().anyMatch(e.detail()::contains)) {
        throw mapped(
            Reason.NO_SPACE,
            tried,
            e,
            "give the volume group or the thin pool more space, or delete disks and bases");
      }
      if (e.detail().contains("Permission denied")) {
        throw mapped(Reason.PERMISSION_DENIED, tried, e, "run it as root");
      }
      throw e;
    }
  }

  private static DiskException mapped(
      Reason reason, String tried, DiskException failure, String remedy) {
    return DiskException.of(reason, tried)
        .said(failure.detail())
        .remedy(remedy)
        .cause(failure)
        .build();
  }
}
