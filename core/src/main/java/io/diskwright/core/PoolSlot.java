package io.diskwright.core;

import io.diskwright.spi.error.DiskException;
import org.jspecify.annotations.Nullable;

/** The place of one pool: opened when it is first asked for, by one thread, and closed once. */
final class PoolSlot {
  private @Nullable Pool pool;
  private boolean closed;

  /** Opens a pool. */
  @FunctionalInterface
  interface Opener {
    Pool open() throws DiskException;
  }

  synchronized Pool get(Opener opener) throws DiskException {
    if (closed) {
      throw new IllegalStateException("diskwright is closed");
    }
    Pool open = pool;
    if (open == null) {
      open = opener.open();
      pool = open;
    }
    return open;
  }

  synchronized void close() throws DiskException {
    closed = true;
    if (pool != null) {
      pool.close();
      pool = null;
    }
  }
}
