package io.diskwright.core.fill;

import io.diskwright.core.inspect.Verdict;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.toolkit.nbd.NbdContent;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.process.Cage;
import io.diskwright.toolkit.process.ChildProcess;
import io.diskwright.toolkit.process.Tool;
import java.io.IOException;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What machines see of an image, as content: served by a {@code qemu-nbd} that runs in a cage,
 * reads only, and ends with this. One thread; the content is for any.
 */
final class CagedExport implements AutoCloseable {
  private static final long PAUSE_NANOS = Duration.ofMillis(1).toNanos();
  private static final int LAST_WORDS_SECONDS = 2;
  private static final int DYING_SECONDS = 10;
  private static final int SECTOR = 512;
  private static final Logger LOG = LoggerFactory.getLogger(CagedExport.class);

  private final Path source;
  private final Verdict from;
  private final int readers;
  private final long size;
  private final FillLimits limits;
  private final Path folder;
  private final Cancellation end = new Cancellation();
  private final CompletableFuture<Optional<DiskException>> ended = new CompletableFuture<>();
  private volatile @Nullable NbdContent content;

  private CagedExport(Path source, Verdict from, int readers, long size, FillLimits limits)
      throws DiskException {
    this.source = source;
    this.from = from;
    this.readers = readers;
    this.size = size;
    this.limits = limits;
    try {
      this.folder = Files.createTempDirectory("diskwright-nbd"); // nobody else may look into it
    } catch (IOException e) {
      throw OsErrors.toFailure(e, Conversion.TRIED).build();
    }
  }

  /**
   * Starts the server and connects to it.
   *
   * @param source a local file with the image's bytes
   * @param from what inspection has found it to be
   * @param readers how many reads there may be at once
   * @param size how many guest-visible bytes inspection has found
   * @param call ends the server, too, by its deadline
   */
  static CagedExport open(
      Path source, Verdict from, int readers, long size, FillLimits limits, Call call)
      throws DiskException {
    CagedExport export = new CagedExport(source, from, readers, size, limits);
    try {
      export.start(call);
      export.connect(call);
      return export;
    } catch (DiskException e) {
      DiskException cause = export.explain(e);
      export.close();
      throw cause;
    }
  }

  /** Returns what is served. */
  Content content() {
    return Objects.requireNonNull(content, "content");
  }

  private Path socket() {
    return folder.resolve("nbd");
  }

  private void start(Call call) throws DiskException {
    try {
      Path tool = Tool.QEMU_NBD.require(Conversion.TRIED);
      Cage cage = ConversionCage.around(source, size, 0, limits).writing(folder);
      ChildProcess server =
          ChildProcess.of(Conversion.TRIED, tool, arguments(cage))
              .in(cage)
              .stallTimeout(limits.stall())
              .idleWhen(this::nothingIsAsked);
      Call serving = Call.of(call.deadline(), end, Progress.NONE);
      Thread thread = new Thread(() -> serve(server, serving), "diskwright-export");
      thread.setDaemon(true);
      thread.start();
    } catch (DiskException e) {
      ended.complete(Optional.of(e));
      throw e;
    }
  }

  private void connect(Call call) throws DiskException {
    NbdContent connected = connected(call);
    content = connected;
    remove(); // who is connected needs no name any more, and nobody else is to connect
    requireSize(connected.size());
  }

  private List<String> arguments(Cage cage) {
    List<String> arguments = new ArrayList<>(List.of("--read-only"));
    arguments.addAll(ConversionCage.options(from));
    arguments.add("--socket=" + cage.target().resolve("nbd"));
    arguments.add("--shared=" + readers);
    arguments.add(ConversionCage.name(from, cage.image()));
    return arguments;
  }

  private void serve(ChildProcess server, Call serving) {
    try {
      String unused = server.run(serving);
      ended.complete(Optional.empty());
    } catch (DiskException e) {
      ended.complete(Optional.of(e));
    } catch (RuntimeException | Error e) {
      ended.completeExceptionally(e);
    }
  }

  private boolean nothingIsAsked() {
    NbdContent connected = content;
    return connected != null && connected.idle();
  }

  private NbdContent connected(Call call) throws DiskException {
    while (true) {
      call.check(Conversion.TRIED);
      try {
        return NbdContent.connect(socket(), readers, Conversion.TRIED);
      } catch (SocketException e) { // it does not listen yet
        if (ended.isDone()) {
          throw failed(e);
        }
        LockSupport.parkNanos(PAUSE_NANOS);
      } catch (IOException e) {
        throw failed(e);
      }
    }
  }

  private static DiskException failed(IOException e) {
    return DiskException.of(Reason.IO_ERROR, Conversion.TRIED)
        .said("qemu-nbd does not serve the image: " + e.getMessage())
        .remedy("try again; if it fails again, run the program by hand")
        .cause(e)
        .build();
  }

  /** The tool counts whole sectors; anything else means that it reads the image differently. */
  private void requireSize(long served) throws DiskException {
    if (Math.abs(served - size) >= SECTOR) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, Conversion.TRIED)
          .said("inspection found %d bytes, and qemu-nbd sees %d".formatted(size, served))
          .remedy("convert the image to raw first")
          .build();
    }
  }

  /** Returns why the server has ended, when that is why something has failed; else the failure. */
  DiskException explain(DiskException failure) {
    if (failure.reason() != Reason.IO_ERROR) {
      return failure;
    }
    try {
      DiskException cause = ended.get(LAST_WORDS_SECONDS, TimeUnit.SECONDS).orElse(failure);
      if (cause != failure) {
        cause.addSuppressed(failure);
      }
      return cause;
    } catch (TimeoutException | ExecutionException e) {
      failure.addSuppressed(e);
      return failure;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failure;
    }
  }

  private void remove() throws DiskException {
    try {
      Files.deleteIfExists(socket());
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw OsErrors.toFailure(e, Conversion.TRIED).build();
    }
  }

  @Override
  public void close() throws DiskException {
    NbdContent connected = content;
    if (connected != null) {
      connected.close();
    }
    end.cancel();
    boolean interrupted = Thread.interrupted();
    try {
      var unused = ended.get(DYING_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    } catch (TimeoutException | ExecutionException e) {
      LOG.warn("qemu-nbd does not end as it should", e);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    remove();
  }
}
