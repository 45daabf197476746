package io.diskwright.toolkit.process;

import io.diskwright.spi.Answer;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a program and waits for it: bounded by the call's deadline, ended when it does nothing for
 * too long, when it is cancelled, and when we die (promise P7).
 *
 * <p>The child gets no input, a fixed search path, the C locale, and no other variables unless they
 * are named. Nothing secret may be among its arguments (promise P8).
 */
public final class ChildProcess {
  private static final Duration DEFAULT_STALL = Duration.ofMinutes(2);
  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
  private static final Duration DYING = Duration.ofSeconds(5);
  private static final Duration GLANCE = Duration.ofMillis(50);
  private static final Duration LAST_WORK = Duration.ofMillis(500);
  private static final Path SETPRIV = Path.of(CageRun.SETPRIV);

  private final String tried;
  private final Path program;
  private final List<String> arguments;
  private Duration stallTimeout = DEFAULT_STALL;
  private Consumer<String> output = text -> {};
  private @Nullable OutputStream target;
  private List<String> kept = List.of();
  private BooleanSupplier idle = () -> false;
  private boolean killed = true;
  private @Nullable Cage cage;

  private ChildProcess(String tried, Path program, List<String> arguments) {
    this.tried = tried;
    this.program = Objects.requireNonNull(program, "program");
    this.arguments = List.copyOf(arguments);
  }

  /**
   * Prepares a run.
   *
   * @param tried what it is run for, as it would follow "cannot"
   * @param program the program's path
   * @param arguments its arguments, without the program's name
   */
  public static ChildProcess of(String tried, Path program, List<String> arguments) {
    return new ChildProcess(tried, program, arguments);
  }

  /** Returns whether children of this host end when we are killed, or why not. */
  public static Answer endWithUs() {
    return Files.isExecutable(SETPRIV)
        ? Answer.ofYes()
        : Answer.no(
            "there is no %s (Debian package util-linux), so that a child process outlives a killed"
                    .formatted(SETPRIV)
                + " program");
  }

  /** Sets after how long without any reading, writing or output the child is ended. */
  public ChildProcess stallTimeout(Duration timeout) {
    this.stallTimeout = timeout;
    return this;
  }

  /** Sets when the child is right to do nothing, because nothing is asked of it. */
  public ChildProcess idleWhen(BooleanSupplier nothingIsAsked) {
    this.idle = nothingIsAsked;
    return this;
  }

  /**
   * Sets that the child is asked to end (SIGTERM) where others are killed, when we die, too: for a
   * tool that leaves something unusable when it is killed amid a change. Where it was asked, the
   * reason is {@code OUTCOME_UNKNOWN}; it may go on when it does not end within some seconds.
   */
  public ChildProcess neverKilled() {
    this.killed = false;
    return this;
  }

  /** Sets the cage in which the child runs; else it has the rights and files that we have. */
  public ChildProcess in(Cage place) {
    this.cage = place;
    return this;
  }

  /** Sets who hears the child's standard output as it comes, in pieces, from another thread. */
  public ChildProcess onOutput(Consumer<String> listener) {
    this.output = listener;
    return this;
  }

  /**
   * Sets where the child's standard output goes, byte by byte, from another thread; none of it is
   * kept, and {@link #run} returns an empty text. The stream is closed when no more comes. A child
   * of which nothing is taken waits, and one that writes to a closed stream ends.
   */
  public ChildProcess outputInto(OutputStream stream) {
    this.target = stream;
    return this;
  }

  /** Sets variables of our environment that the child gets, too, where they are set. */
  public ChildProcess keepingVariables(String... names) {
    this.kept = List.of(names);
    return this;
  }

  /**
   * Runs it to its end.
   *
   * @param call deadline and cancellation
   * @return what it printed
   * @throws DiskException with reason {@code UNAVAILABLE} when it could not be started, was too
   *     slow, or stalled; {@code CANCELLED}; {@code OUTCOME_UNKNOWN} instead of these when it is
   *     {@link #neverKilled} and had begun; {@code IO_ERROR} or {@code NO_SPACE} when it failed,
   *     with its exit status and the end of what it printed; {@code IMAGE_UNACCEPTABLE} when it
   *     exceeded the limits of its cage
   */
  public String run(Call call) throws DiskException {
    call.check(tried);
    if (!Files.isExecutable(program)) { // setpriv would tell that by its exit status only
      throw cannotStart("it is no program that may be run", null);
    }
    if (cage == null) {
      return run(new Run(plainCommand(), builder -> {}), call);
    }
    try (CageRun caged = CageRun.open(cage, tried)) {
      return run(new Run(caged.command(program, arguments), caged::prepare), call);
    }
  }

  private List<String> plainCommand() {
    List<String> command = new ArrayList<>(List.of(program.toString()));
    command.addAll(arguments);
    return command;
  }

  private String run(Run run, Call call) throws DiskException {
    // The kernel ends a child when the thread that started it ends, so that thread must outlive it;
    // a caller's thread might be a virtual one, whose carrier comes and goes.
    Thread keeper = new Thread(run, "diskwright-" + program.getFileName());
    keeper.setDaemon(true);
    keeper.start();
    return run.await(call);
  }

  private DiskException cannotStart(String why, @Nullable IOException cause) {
    DiskException.Builder failure =
        DiskException.of(Reason.UNAVAILABLE, tried)
            .said("%s could not be started: %s".formatted(program, why))
            .remedy("check that it can be run by hand");
    return (cause == null ? failure : failure.cause(cause)).build();
  }

  /** One run: the keeper thread starts the process and waits for it, the caller watches. */
  private final class Run implements Runnable {
    private final CompletableFuture<Process> started = new CompletableFuture<>();
    private final Output standardOutput = new Output();
    private final Output standardError = new Output();
    private final List<String> command;
    private final Consumer<ProcessBuilder> prepared;

    Run(List<String> command, Consumer<ProcessBuilder> prepared) {
      this.command = command;
      this.prepared = prepared;
    }

    @Override
    public void run() {
      try {
        Process process = builder().start();
        started.complete(process);
        process.getOutputStream().close();
        Thread errors = new Thread(() -> standardError.drain(process.getErrorStream(), t -> {}));
        errors.setDaemon(true);
        errors.start();
        if (target == null) {
          standardOutput.drain(process.getInputStream(), output);
        } else {
          standardOutput.pass(process.getInputStream(), target);
        }
        process.waitFor();
        errors.join();
      } catch (IOException | InterruptedException e) {
        started.completeExceptionally(e);
      } finally {
        standardOutput.end();
        standardError.end();
      }
    }

    private ProcessBuilder builder() {
      List<String> all = new ArrayList<>();
      if (Files.isExecutable(SETPRIV)) {
        all.addAll(List.of(SETPRIV.toString(), "--pdeathsig", killed ? "KILL" : "TERM", "--"));
      }
      all.addAll(command);
      ProcessBuilder builder = new ProcessBuilder(all);
      Map<String, String> environment = builder.environment();
      environment.keySet().retainAll(kept);
      environment.put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
      environment.put("LC_ALL", "C");
      prepared.accept(builder);
      return builder;
    }

    String await(Call call) throws DiskException {
      Process process = process();
      Activity activity = new Activity(process.pid(), standardOutput, standardError);
      long quietSince = System.nanoTime();
      while (!exited(process)) {
        if (idle.getAsBoolean() || activity.moved()) {
          quietSince = System.nanoTime();
        }
        @Nullable DiskException end = reasonToEnd(call, System.nanoTime() - quietSince);
        if (end != null) {
          throw ended(process, end);
        }
      }
      if (target != null) {
        awaitTaken(call);
      }
      String printed = standardOutput.text();
      String complaint = standardError.text();
      if (process.exitValue() != 0) {
        throw ToolFailure.of(
            tried,
            program.getFileName().toString(),
            process.exitValue(),
            complaint.isBlank() ? printed : complaint,
            cage == null ? null : cage.limits());
      }
      return printed;
    }

    /** What it has printed last is still being taken, or a child of it still holds the stream. */
    private void awaitTaken(Call call) throws DiskException {
      long heard = standardOutput.heard();
      long quietSince = System.nanoTime();
      while (!standardOutput.endsWithin(GLANCE)) {
        if (idle.getAsBoolean() || standardOutput.heard() != heard) {
          heard = standardOutput.heard();
          quietSince = System.nanoTime();
        }
        @Nullable DiskException end = reasonToEnd(call, System.nanoTime() - quietSince);
        if (end != null) {
          throw end;
        }
      }
    }

    private Process process() throws DiskException {
      try {
        return started.get(30, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        IOException cause = e.getCause() instanceof IOException io ? io : new IOException(e);
        throw cannotStart(String.valueOf(cause.getMessage()), cause);
      } catch (TimeoutException e) {
        DiskException late =
            DiskException.of(Reason.UNAVAILABLE, tried)
                .said("%s could not be started in time".formatted(program))
                .cause(e)
                .build();
        var unused = started.thenAccept(process -> ended(process, late));
        throw late;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        var unused = started.thenAccept(process -> ended(process, interrupted()));
        throw interrupted();
      }
    }

    private boolean exited(Process process) throws DiskException {
      try {
        return process.waitFor(GLANCE.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw ended(process, interrupted());
      }
    }

    private @Nullable DiskException reasonToEnd(Call call, long quietNanos) {
      try {
        call.check(tried);
      } catch (DiskException e) {
        return e;
      }
      if (quietNanos < stallTimeout.toNanos()) {
        return null;
      }
      return DiskException.of(Reason.UNAVAILABLE, tried)
          .said(
              "%s did nothing for %d s and was ended"
                  .formatted(program.getFileName(), stallTimeout.toSeconds()))
          .remedy("look at the state of the storage it was working on, and try again")
          .build();
    }

    private DiskException interrupted() {
      return DiskException.of(Reason.CANCELLED, tried)
          .said("the thread was interrupted")
          .remedy("try again when it is wanted after all")
          .build();
    }

    /** Ends it for a reason; returns what that makes of the call. */
    private DiskException ended(Process process, DiskException why) {
      if (killed) {
        kill(process);
        return why;
      }
      process.destroy(); // SIGTERM
      boolean gone = waitFor(process, DYING);
      return DiskException.of(Reason.OUTCOME_UNKNOWN, tried)
          .said(
              "%s; %s was asked to end, and %s"
                  .formatted(
                      why.detail(),
                      program.getFileName(),
                      gone ? "did" : "goes on as process " + process.pid()))
          .remedy("look at what it has changed, and try again")
          .cause(why)
          .build();
    }

    private boolean waitFor(Process process, Duration time) {
      boolean interrupted = Thread.interrupted();
      try {
        return process.waitFor(time.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
        return !process.isAlive();
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }

    /**
     * Ends those below first: the first process of a cage takes all that are in it along, and only
     * when they are gone does who made the cage end. One that does not die within some time is
     * stuck in the kernel; it dies when it gets out.
     */
    private void kill(Process process) {
      List<ProcessHandle> below = process.descendants().toList();
      below.forEach(ProcessHandle::destroyForcibly);
      if (below.isEmpty() || !waitFor(process, LAST_WORK)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
      }
      if (!waitFor(process, DYING)) {
        LOG.warn("{} (process {}) does not die", program, process.pid());
      }
    }
  }
}
