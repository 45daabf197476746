package io.diskwright.toolkit.process;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Says what it means that a program has ended with a failure. */
final class ToolFailure {
  private static final int FIRST_SIGNAL = 128; // what shells and Java add to a signal's number
  private static final int LAST_SIGNAL = FIRST_SIGNAL + 64;
  private static final int SIGXCPU = 24;
  private static final int SIGXFSZ = 25;

  /** What the programs of QEMU, GLib and the C library say when they get no more memory. */
  private static final List<String> NO_MEMORY =
      List.of("allocate", "out of memory", "Out of memory", "memory exhausted");

  private final String program;
  private final int status;
  private final String said;

  private ToolFailure(String program, int status, String said) {
    this.program = program;
    this.status = status;
    this.said = said;
  }

  /**
   * Returns the failure.
   *
   * @param tried what it was run for, as it would follow "cannot"
   * @param program the program's name
   * @param status its exit status, 128 and a signal's number when that ended it
   * @param complaint what it printed
   * @param limits those of its cage, null when it was in none
   */
  static DiskException of(
      String tried, String program, int status, String complaint, @Nullable CageLimits limits) {
    String said = complaint.isBlank() ? "it said nothing" : complaint.strip();
    ToolFailure failure = new ToolFailure(program, status, said);
    if (limits != null) {
      if (said.startsWith("the cage could not be made")) {
        return noCage(tried, said);
      }
      Optional<String> exceeded = failure.exceeded(limits);
      if (exceeded.isPresent()) {
        return failure.ofImage(tried, exceeded.get());
      }
    }
    return failure.ofTool(tried);
  }

  private static DiskException noCage(String tried, String said) {
    boolean replaced = said.contains("another file is called");
    return DiskException.of(replaced ? Reason.IMAGE_UNACCEPTABLE : Reason.UNAVAILABLE, tried)
        .said(said)
        .remedy(
            replaced
                ? "wait until nobody changes the image any more, and try again"
                : "see what the host offers: diskwright pool check")
        .build();
  }

  /** Returns which limit it likely exceeded. */
  private Optional<String> exceeded(CageLimits limits) {
    if (status == FIRST_SIGNAL + SIGXCPU) {
      return Optional.of("%d s of processor time".formatted(limits.cpuTime().toSeconds()));
    }
    if (status == FIRST_SIGNAL + SIGXFSZ || said.contains("File too large")) {
      return Optional.of("%d bytes for a file".formatted(limits.fileSize()));
    }
    if (said.contains("Too many open files")) {
      return Optional.of("%d open files".formatted(limits.openFiles()));
    }
    return NO_MEMORY.stream().anyMatch(said::contains)
        ? Optional.of("%d bytes of memory".formatted(limits.addressSpace()))
        : Optional.empty();
  }

  private DiskException ofImage(String tried, String limit) {
    return DiskException.of(Reason.IMAGE_UNACCEPTABLE, tried)
        .said(
            "the image made %s exceed its limit of %s: %s".formatted(program, limit, withSignal()))
        .nativeCode(status)
        .remedy("do not use the image, or convert it to raw where it may use more")
        .build();
  }

  private DiskException ofTool(String tried) {
    Reason reason =
        said.contains("No space left") || said.contains("Disk quota exceeded")
            ? Reason.NO_SPACE
            : said.contains("Failed to get") && said.contains("lock")
                ? Reason.IN_USE
                : Reason.IO_ERROR;
    return DiskException.of(reason, tried)
        .said("%s failed: %s".formatted(program, withSignal()))
        .nativeCode(status)
        .remedy(
            switch (reason) {
              case NO_SPACE ->
                  "free space there, raise the quota, or choose another pool, and try again";
              case IN_USE -> "shut down the machine that has it open, and try again";
              default -> "try again; if it fails again, run the program by hand";
            })
        .build();
  }

  private String withSignal() {
    return status > FIRST_SIGNAL && status <= LAST_SIGNAL
        ? "it was ended by signal %d; %s".formatted(status - FIRST_SIGNAL, said)
        : said;
  }
}
