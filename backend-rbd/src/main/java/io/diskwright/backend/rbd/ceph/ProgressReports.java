package io.diskwright.backend.rbd.ceph;

import com.sun.jna.Pointer;
import io.diskwright.toolkit.os.Errno;
import java.lang.ref.Reference;
import org.jspecify.annotations.Nullable;

/**
 * Hands librbd's reports of progress on, for one call. Nothing is thrown through librbd, and no
 * call is let into it from inside a report: it holds locks there.
 */
final class ProgressReports implements Librbd.Progress {
  private static final ThreadLocal<Boolean> INSIDE = new ThreadLocal<>();

  private final RbdProgress progress;

  /** Written in threads of librbd. */
  private volatile @Nullable Throwable thrown;

  private ProgressReports(RbdProgress progress) {
    this.progress = progress;
  }

  /** A native call that reports. */
  @FunctionalInterface
  interface Call {
    int run(Librbd.Progress reports);
  }

  /** Runs a native call; throws, after it came back, what the reports threw. */
  static int during(RbdProgress progress, Call call) {
    ProgressReports reports = new ProgressReports(progress);
    int result;
    try {
      result = call.run(reports);
    } finally {
      Reference.reachabilityFence(reports);
    }
    @Nullable Throwable thrown = reports.thrown;
    if (thrown instanceof Error error) {
      throw error;
    }
    if (thrown instanceof RuntimeException exception) {
      throw exception;
    }
    return result;
  }

  /** Refuses what would wait for itself. */
  static void refuseInside(String name) {
    if (INSIDE.get() != null) {
      throw new IllegalStateException(name + " is used inside a report of progress");
    }
  }

  @Override
  @SuppressWarnings("CatchThrowable") // nothing may be thrown into C
  public int report(long done, long total, @Nullable Pointer unused) {
    INSIDE.set(true);
    try {
      return thrown == null && progress.report(done, total) ? 0 : -Errno.ECANCELED;
    } catch (Throwable e) {
      thrown = e;
      return -Errno.ECANCELED;
    } finally {
      INSIDE.remove();
    }
  }
}
