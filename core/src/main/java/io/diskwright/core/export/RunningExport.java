package io.diskwright.core.export;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.process.ChildProcess;
import io.diskwright.toolkit.thread.HelperThreads;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A fallback host's command that runs, and whose output is read meanwhile; one thread. */
final class RunningExport implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningExport.class);
  private static final int DYING_SECONDS = 10;
  private static final int LONGEST_COMPLAINT = 2000;

  private final FallbackHost host;
  private final String image;
  private final Call call;
  private final ByteQueue output;
  private final Cancellation end = new Cancellation();
  private final CompletableFuture<Optional<DiskException>> ended = new CompletableFuture<>();

  private RunningExport(FallbackHost host, String image, Call call) {
    this.host = host;
    this.image = image;
    this.call = call;
    this.output = new ByteQueue(call);
  }

  static RunningExport start(ChildProcess child, FallbackHost host, String image, Call call) {
    RunningExport export = new RunningExport(host, image, call);
    ChildProcess sending =
        child.outputInto(export.output.in()).idleWhen(() -> !export.output.isWanted());
    Thread thread = new Thread(() -> export.run(sending), "diskwright-fallback");
    thread.setDaemon(true);
    thread.start();
    return export;
  }

  private void run(ChildProcess sending) {
    try {
      String unused = sending.run(Call.of(call.deadline(), end, Progress.NONE));
      ended.complete(Optional.empty());
    } catch (DiskException e) {
      ended.complete(Optional.of(e));
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
    } finally {
      output.end(); // which a command that was never started has told nobody
    }
  }

  /** Returns what the command prints; ends when that does, or the command. */
  InputStream output() {
    return output.out();
  }

  /** Returns why what the command prints cannot be read, or has ended early. */
  DiskException explain(IOException broken) {
    if (broken instanceof DiskException known) {
      return known;
    }
    try {
      requireSuccess();
    } catch (DiskException e) {
      return e;
    }
    return failure(Reason.UNAVAILABLE, "the base from %s breaks off".formatted(host), broken);
  }

  /**
   * Waits until the command has ended, as long as it does something.
   *
   * @throws DiskException with reason {@code NOT_FOUND} when the host has no such base, {@code
   *     UNAVAILABLE} when the command failed otherwise, or did not end
   */
  void requireSuccess() throws DiskException {
    output.want(true);
    try {
      Optional<DiskException> failed = HelperThreads.await(ended, call, FallbackCommand.TRIED);
      if (failed.isPresent()) {
        throw meaning(failed.get());
      }
    } finally {
      output.want(false);
    }
  }

  private DiskException meaning(DiskException failed) {
    if (failed.nativeCode().isEmpty()) {
      return failed; // it was ended, or could not be started
    }
    String said = readable(failed.detail());
    return failed.nativeCode().getAsInt() == Reason.NOT_FOUND.exitCode()
        ? failure(Reason.NOT_FOUND, "%s has no base of it: %s".formatted(host, said), failed)
        : failure(Reason.UNAVAILABLE, "of %s: %s".formatted(host, said), failed);
  }

  /** What another host says may be meant for a terminal, or long. */
  private static String readable(String said) {
    String plain = said.replaceAll("[\\p{Cntrl}&&[^\n\t]]", "?");
    return plain.length() <= LONGEST_COMPLAINT
        ? plain
        : "… " + plain.substring(plain.length() - LONGEST_COMPLAINT);
  }

  private DiskException failure(Reason reason, String said, Exception cause) {
    return DiskException.of(reason, FallbackCommand.TRIED)
        .resource(image)
        .said(said)
        .remedy(
            reason == Reason.NOT_FOUND
                ? "name a host that has one: diskwright base list"
                : "run the pool's fallback-command by hand, and try again")
        .cause(cause)
        .build();
  }

  /** Ends the command. */
  @Override
  public void close() {
    end.cancel();
    output.refuse();
    boolean interrupted = Thread.interrupted();
    try {
      var unused = ended.get(DYING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("the command for {} does not end as it should", host, e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
