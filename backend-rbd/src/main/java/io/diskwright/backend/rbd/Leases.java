package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.ceph.CephException;
import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Renews leases before they lapse, in threads of its own; any thread. */
final class Leases implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Leases.class);
  private static final int PARTS = 3;

  /** One that waits for a cluster that does not answer must not keep others from being renewed. */
  private static final int THREADS = 16;

  private final ScheduledThreadPoolExecutor threads =
      new ScheduledThreadPoolExecutor(
          THREADS,
          work -> {
            Thread thread = new Thread(work, "diskwright-leases");
            thread.setDaemon(true);
            return thread;
          });

  Leases() {
    threads.setRemoveOnCancelPolicy(true);
    threads.setKeepAliveTime(1, TimeUnit.SECONDS);
    threads.allowCoreThreadTimeOut(true);
    threads.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /** Renews one lease; returns whether it was still held. */
  @FunctionalInterface
  interface Renew {
    boolean once() throws CephException;
  }

  /**
   * Renews a lease until it ends or is lost.
   *
   * @param asked when it was asked for, by {@link System#nanoTime}
   */
  Renewal renew(Duration lease, Renew renew, long asked) {
    return new Renewal(lease, renew, asked);
  }

  /** Does something a little later, if that is still possible then. */
  void later(Duration delay, Runnable work) {
    if (!threads.isShutdown()) {
      ScheduledFuture<?> unused = threads.schedule(work, delay.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  /** One lease that is renewed. */
  final class Renewal {
    private final long leaseNanos;
    private final Renew renew;
    private volatile long heldUntil;
    private volatile boolean over;
    private final ScheduledFuture<?> future;

    private Renewal(Duration lease, Renew renew, long asked) {
      this.leaseNanos = lease.toNanos();
      this.renew = renew;
      this.heldUntil = asked + leaseNanos; // the cluster counts from later on
      long pause = leaseNanos / PARTS;
      this.future = threads.scheduleWithFixedDelay(this::once, pause, pause, TimeUnit.NANOSECONDS);
    }

    private void once() {
      long asked = System.nanoTime(); // the cluster counts from later on
      try {
        if (renew.once()) {
          heldUntil = asked + leaseNanos;
        } else {
          LOG.warn("a lease has lapsed before it was renewed");
          end();
        }
      } catch (CephException e) {
        LOG.warn("a lease could not be renewed, and is tried again: {}", e.getMessage());
      } catch (IllegalStateException e) { // the connection was closed
        LOG.debug("a lease is renewed no more", e);
        end();
      } catch (RuntimeException e) { // else it would never be tried again
        LOG.error("a lease could not be renewed, and is tried again", e);
      }
    }

    /** Returns whether the lease has not lapsed, as far as the clock of this host tells. */
    boolean isHeld() {
      return !over && heldUntil - System.nanoTime() > 0;
    }

    /** Renews it no more. */
    void end() {
      over = true;
      boolean unused = future.cancel(false);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
