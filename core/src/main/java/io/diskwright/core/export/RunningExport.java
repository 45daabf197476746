package io.diskwright.core.export;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.process.ChildProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
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
  private static final int BUFFER = 1024 * 1024;
  private static final int DYING_SECONDS = 10;

  private final FallbackHost host;
  private final String image;
  private final Call call;
  private final Printed output = new Printed();
  private final Cancellation end = new Cancellation();
  private final CompletableFuture<Optional<DiskException>> ended = new CompletableFuture<>();

  private RunningExport(FallbackHost host, String image, Call call) {
    this.host = host;
    this.image = image;
    this.call = call;
  }

  static RunningExport start(ChildProcess child, FallbackHost host, String image, Call call)
      throws DiskException {
    RunningExport export = new RunningExport(host, image, call);
    ChildProcess sending =
        child.outputInto(export.output.end).idleWhen(() -> !export.output.wanted);
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
      output.noMoreComes(); // which a command that was never started has told nobody
    }
  }

  /** Returns what the command prints; ends when that does, or the command. */
  InputStream output() {
    return output;
  }

  /** Returns why what the command prints cannot be read, or has ended early. */
  DiskException explain(IOException broken) {
    try {
      call.check(FallbackCommand.TRIED);
      requireSuccess();
    } catch (DiskException e) {
      return e;
    }
    return failure(Reason.UNAVAILABLE, "the base from %s breaks off".formatted(host), broken);
  }

  /**
   * Waits until the command has ended.
   *
   * @throws DiskException with reason {@code NOT_FOUND} when the host has no such base, {@code
   *     UNAVAILABLE} when the command failed otherwise, or has not ended
   */
  void requireSuccess() throws DiskException {
    Optional<DiskException> failed;
    try {
      failed = ended.get(DYING_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException | ExecutionException e) {
      throw failure(Reason.UNAVAILABLE, "the command for %s does not end".formatted(host), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      call.check(FallbackCommand.TRIED);
      throw new IllegalStateException("a call of an interrupted thread must be cancelled", e);
    }
    if (failed.isPresent()) {
      throw meaning(failed.get());
    }
  }

  private DiskException meaning(DiskException failed) {
    if (failed.nativeCode().isEmpty()) {
      return failed; // it was ended, or could not be started
    }
    return failed.nativeCode().getAsInt() == Reason.NOT_FOUND.exitCode()
        ? failure(
            Reason.NOT_FOUND, "%s has no base of it: %s".formatted(host, failed.detail()), failed)
        : failure(Reason.UNAVAILABLE, "of %s: %s".formatted(host, failed.detail()), failed);
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
    output.noMoreIsWanted();
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

  /** What the command prints. It may do nothing while nothing is wanted of it. */
  private static final class Printed extends PipedInputStream {
    private final PipedOutputStream end = new PipedOutputStream();
    private volatile boolean wanted;

    Printed() {
      super(BUFFER);
      try {
        connect(end);
      } catch (IOException e) {
        throw new IllegalStateException("a new pipe is not connected", e);
      }
    }

    void noMoreComes() {
      try {
        end.close();
      } catch (IOException e) {
        throw new IllegalStateException("closing a pipe only marks it", e);
      }
    }

    void noMoreIsWanted() {
      try {
        close();
      } catch (IOException e) {
        throw new IllegalStateException("closing a pipe only marks it", e);
      }
    }

    @Override
    public synchronized int read() throws IOException {
      wanted = true;
      try {
        return super.read();
      } finally {
        wanted = false;
      }
    }

    @Override
    public synchronized int read(byte[] target, int offset, int length) throws IOException {
      wanted = true;
      try {
        return super.read(target, offset, length);
      } finally {
        wanted = false;
      }
    }
  }
}
