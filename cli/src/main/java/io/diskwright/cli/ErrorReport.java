package io.diskwright.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says on stderr why a command failed; each way of failing gives its exit code. */
final class ErrorReport {
  private final PrintWriter err;
  private final boolean json;
  private final boolean verbose;

  ErrorReport(PrintWriter err, boolean json, boolean verbose) {
    this.err = err;
    this.json = json;
    this.verbose = verbose;
  }

  /** Reports a command line that cannot be understood. */
  int usage(ParameterException failure) {
    Reason reason = Reason.INVALID_REQUEST;
    String message = message(failure);
    CommandLine command = failure.getCommandLine();
    String help = command.getCommandSpec().qualifiedName() + " --help";
    if (json) {
      write(new Failure(reason, message, null, null, null, "see: " + help));
      return reason.exitCode();
    }
    err.println("diskwright: " + message);
    if (failure instanceof UnmatchedArgumentException unmatched) {
      boolean unused = UnmatchedArgumentException.printSuggestions(unmatched, err);
    }
    if (isWithoutSubcommand(failure)) {
      command.usage(err);
    } else {
      err.println("See: " + help);
    }
    return reason.exitCode();
  }

  private static boolean isWithoutSubcommand(ParameterException failure) {
    return failure.getClass() == ParameterException.class
        && failure.getArgSpec() == null
        && !failure.getCommandLine().getSubcommands().isEmpty();
  }

  /** Names the option that is unknown before the parameter that is missing because of it. */
  private static String message(ParameterException failure) {
    List<String> unmatched = failure.getCommandLine().getUnmatchedArguments();
    if (failure instanceof MissingParameterException && !unmatched.isEmpty()) {
      return "Unknown option: '%s'; nothing but options begins with a dash"
          .formatted(unmatched.get(0));
    }
    return String.valueOf(failure.getMessage())
        .lines()
        .findFirst()
        .orElse("")
        .replaceFirst("positional parameter at index \\d+ \\((\\w+)\\)", "$1");
  }

  /** Reports what a command threw. */
  int failed(Exception failure) {
    if (verbose) {
      failure.printStackTrace(err);
    }
    if (failure instanceof ParameterException usage) {
      return usage(usage);
    }
    Failure report =
        failure instanceof DiskException known ? Failure.of(known) : Failure.unexpected(failure);
    if (json) {
      write(report);
    } else {
      err.println("diskwright: " + report.message());
      if (report.remedy() != null) {
        err.println("  remedy: " + report.remedy());
      }
    }
    return report.reason().exitCode();
  }

  private void write(Failure failure) {
    try {
      Output.writeJson(err, failure::write);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The parts of a failure. */
  private record Failure(
      Reason reason,
      String message,
      @Nullable String pool,
      @Nullable String resource,
      @Nullable Integer code,
      @Nullable String remedy) {
    static Failure of(DiskException failure) {
      String message = String.valueOf(failure.getMessage());
      String ending = failure.remedy().map(remedy -> "; " + remedy).orElse("");
      return new Failure(
          failure.reason(),
          message.endsWith(ending)
              ? message.substring(0, message.length() - ending.length())
              : message,
          failure.pool().orElse(null),
          failure.resource().orElse(null),
          failure.nativeCode().isPresent() ? (Integer) failure.nativeCode().getAsInt() : null,
          failure.remedy().orElse(null));
    }

    static Failure unexpected(Exception failure) {
      return new Failure(
          Reason.INTERNAL,
          "internal error: " + failure,
          null,
          null,
          null,
          "report it, with what -v shows");
    }

    void write(JsonGenerator json) throws IOException {
      json.writeObjectFieldStart("error");
      json.writeStringField("reason", reason.id());
      json.writeStringField("message", message);
      json.writeStringField("pool", pool);
      json.writeStringField("resource", resource);
      if (code == null) {
        json.writeNullField("code");
      } else {
        json.writeNumberField("code", code);
      }
      json.writeStringField("remedy", remedy);
      json.writeNumberField("exitCode", reason.exitCode());
      json.writeEndObject();
    }
  }
}
