package io.diskwright.cli;

import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.RunLast;

/** One run of the program, from its command line to its exit code; one thread. */
final class Program {
  private final OutputStream bytes;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Cancellation cancellation;

  /**
   * Makes a run.
   *
   * @param out takes results and nothing else
   * @param err takes everything else
   * @param cancellation ends what is under way
   */
  Program(OutputStream out, OutputStream err, Cancellation cancellation) {
    this.bytes = out;
    this.out = writer(out);
    this.err = writer(err);
    this.cancellation = cancellation;
  }

  private static PrintWriter writer(OutputStream stream) {
    return new PrintWriter(stream, false, StandardCharsets.UTF_8);
  }

  int run(String... args) {
    GlobalOptions options = new GlobalOptions();
    Session session = new Session(options, bytes, out, err, cancellation);
    int exitCode = commandLine(options, session, args).execute(args);
    try {
      session.close();
    } catch (DiskException e) {
      int closing = new ErrorReport(err, options.json(), options.verbose).failed(e);
      exitCode = exitCode == 0 ? closing : exitCode;
    }
    out.flush();
    err.flush();
    return exitCode;
  }

  private CommandLine commandLine(GlobalOptions options, Session session, String... args) {
    return Commands.of(options, session, args)
        .setOut(out)
        .setErr(err)
        .setExecutionStrategy(parsed -> execute(options, parsed))
        .setParameterExceptionHandler(this::refuse)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> {
              session.clearProgress();
              return new ErrorReport(err, options.json(), options.verbose)
                  .failed(cancellation.isCancelled() ? cancelled(failure) : failure);
            });
  }

  /** What logs must know is set before the first logger is made. */
  private static int execute(GlobalOptions options, ParseResult parsed) {
    if (options.verbose) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "debug");
    } else if (options.quiet) {
      System.setProperty("org.slf4j.simpleLogger.defaultLogLevel", "error");
    }
    return new RunLast().execute(parsed);
  }

  /** A signal may end a tool before we do, whose failure would look like the reason. */
  private static Exception cancelled(Exception failure) {
    return failure instanceof DiskException known && known.reason() != Reason.CANCELLED
        ? DiskException.of(Reason.CANCELLED, "go on").said("it was cancelled").cause(known).build()
        : failure;
  }

  private int refuse(ParameterException failure, String[] args) {
    return new ErrorReport(err, asksForJson(args), false).usage(failure);
  }

  /** The command line could not be taken apart, so that no option has a value. */
  private static boolean asksForJson(String... args) {
    int option = Arrays.asList(args).indexOf("--output");
    return Arrays.asList(args).contains("--output=json")
        || (option >= 0 && option + 1 < args.length && args[option + 1].equals("json"));
  }
}
