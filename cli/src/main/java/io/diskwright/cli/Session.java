package io.diskwright.cli;

import io.diskwright.core.Diskwright;
import io.diskwright.core.Pool;
import io.diskwright.core.config.ConfigurationLoader;
import io.diskwright.core.config.ProcessEnvironment;
import io.diskwright.core.discovery.Providers;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What one command works with, opened when it is first needed; one thread. */
final class Session implements AutoCloseable {
  private static final Duration SHORT = Duration.ofMinutes(1);
  private static final Duration LONG = Duration.ofHours(24);

  private final GlobalOptions options;
  private final OutputStream bytes;
  private final PrintWriter out;
  private final ProgressLine progress;
  private final Cancellation cancellation;
  private @Nullable Providers providers;
  private @Nullable Diskwright diskwright;

  Session(
      GlobalOptions options,
      OutputStream bytes,
      PrintWriter out,
      PrintWriter err,
      Cancellation cancellation) {
    this.options = options;
    this.bytes = bytes;
    this.out = out;
    this.progress = new ProgressLine(err);
    this.cancellation = cancellation;
  }

  /** Returns where the result goes; nothing may still be under way. */
  Output output() {
    clearProgress();
    return new Output(out, options.json());
  }

  /** Returns where a result goes that is no text. */
  OutputStream bytes() {
    return bytes;
  }

  void clearProgress() {
    progress.clear();
  }

  Providers providers() {
    Providers found = providers == null ? Providers.load() : providers;
    providers = found;
    return found;
  }

  ConfigurationLoader configuration() {
    ConfigurationLoader loader =
        ConfigurationLoader.of(providers(), ProcessEnvironment.current())
            .withOverrides(options.overrides());
    return options.config == null ? loader : loader.withFile(options.config);
  }

  Diskwright diskwright() throws DiskException {
    Diskwright open =
        diskwright == null ? Diskwright.open(configuration().load(), providers()) : diskwright;
    diskwright = open;
    return open;
  }

  /** Returns the pool that is asked for, or else the default pool. */
  Pool pool() throws DiskException {
    return diskwright().pool(poolName());
  }

  PoolName poolName() throws DiskException {
    return options.pool == null
        ? new PoolName(diskwright().configuration().defaultPool())
        : options.pool;
  }

  /** Returns the call of something that reads or writes little. */
  Call shortCall() {
    return call(SHORT);
  }

  /** Returns the call of something that may read or write whole disks. */
  Call longCall() {
    return call(LONG);
  }

  private Call call(Duration unlessGiven) {
    boolean silent = options.quiet || options.noProgress || options.verbose;
    return Call.of(
        Deadline.after(Objects.requireNonNullElse(options.deadline, unlessGiven)),
        cancellation,
        silent || !Terminal.isStderr() ? Progress.NONE : progress);
  }

  @Override
  public void close() throws DiskException {
    if (diskwright != null) {
      diskwright.close();
    }
  }
}
