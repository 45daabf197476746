package io.diskwright.core.fill;

import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import io.diskwright.toolkit.thread.HelperThreads;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Has the storage write a file while somebody else still brings its bytes, or reads them, so that
 * the flush at the end is short. In a thread of its own, until it is closed.
 */
final class Writeback implements AutoCloseable {
  private static final long PAUSE_NANOS = Duration.ofMillis(20).toNanos();

  private final NativeFile file;
  private final long size;
  private final HelperThreads thread = new HelperThreads("diskwright-writeback", 1);
  private volatile boolean ended;

  private Writeback(NativeFile file, long size) {
    this.file = file;
    this.size = size;
  }

  /** Starts, for a file of a size. */
  static Writeback of(Path path, long size) throws DiskException {
    try {
      Writeback writeback = new Writeback(NativeFile.openRead(path), size);
      Future<?> unused = writeback.thread.submit(Executors.callable(writeback::run));
      return writeback;
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "open base").resource(path.toString()).build();
    }
  }

  /** Starting to write may take as long as the device is busy; then there is no pause to make. */
  private void run() {
    while (!ended) {
      file.startWriteback(0, size);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Override
  public void close() throws DiskException {
    ended = true;
    thread.close();
    try {
      file.close();
    } catch (OsException e) {
      throw OsErrors.toFailure(e, "close base").resource(file.path().toString()).build();
    }
  }
}
