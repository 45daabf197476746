package io.diskwright.cli;

import io.diskwright.spi.call.Progress;
import java.io.PrintWriter;

/** One line on a terminal that says how far a call is, drawn anew ten times a second at most. */
final class ProgressLine implements Progress {
  private static final long PAUSE_NANOS = 100_000_000;
  private static final int WIDTH = 79;
  private static final String CLEAR = "\r\u001b[K";

  private final PrintWriter err;
  private String step = "";
  private long beganAt;
  private long beganWith;
  private long drawnAt;
  private boolean drawn;

  ProgressLine(PrintWriter err) {
    this.err = err;
  }

  @Override
  public synchronized void report(String newStep, long done, long total) {
    long now = System.nanoTime();
    if (!newStep.equals(step)) {
      step = newStep;
      beganAt = now;
      beganWith = done;
    }
    if (!drawn || now - drawnAt >= PAUSE_NANOS) {
      String line = line(done, total, now - beganAt);
      err.print(CLEAR + line.substring(0, Math.min(WIDTH, line.length())));
      err.flush();
      drawn = true;
      drawnAt = now;
    }
  }

  private String line(long done, long total, long nanos) {
    StringBuilder line = new StringBuilder(step);
    if (total > 0) {
      line.append("  ").append((long) (100.0 * done / total)).append(" %");
    }
    if (done > 0) {
      line.append("  ").append(Bytes.text(done));
    }
    if (total > 0) {
      line.append(" of ").append(Bytes.text(total));
    }
    if (done > beganWith && nanos > 0) {
      line.append("  ").append(Bytes.text((long) ((done - beganWith) * 1e9 / nanos))).append("/s");
    }
    return line.toString();
  }

  /** Takes the line away; the next report draws it again. */
  synchronized void clear() {
    if (drawn) {
      err.print(CLEAR);
      err.flush();
      drawn = false;
    }
  }
}
