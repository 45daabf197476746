package io.diskwright.core.provision;

import io.diskwright.spi.call.Progress;
import io.diskwright.spi.lock.Lease;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** Passes progress on, and now and then lets those know who wait for the lock. */
final class SharedProgress implements Progress {
  private static final long PAUSE_NANOS = Duration.ofMillis(500).toNanos();

  private final Lease lease;
  private final Progress progress;
  private final AtomicLong next = new AtomicLong(System.nanoTime());

  SharedProgress(Lease lease, Progress progress) {
    this.lease = lease;
    this.progress = progress;
  }

  @Override
  public void report(String step, long done, long total) {
    progress.report(step, done, total);
    long now = System.nanoTime();
    long due = next.get();
    if (now - due >= 0 && next.compareAndSet(due, now + PAUSE_NANOS)) {
      lease.report(total > 0 ? "%s, %d %%".formatted(step, 100 * done / total) : step);
    }
  }
}
