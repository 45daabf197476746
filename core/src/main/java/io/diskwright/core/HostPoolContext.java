package io.diskwright.core;

import io.diskwright.core.lock.HostLocks;
import io.diskwright.spi.backend.PoolContext;
import io.diskwright.spi.backend.PoolName;
import io.diskwright.spi.config.Settings;
import io.diskwright.spi.lock.LockManager;
import java.nio.file.Path;
import java.time.Duration;

/** What core gives a backend to open a pool. */
record HostPoolContext(PoolName name, Settings settings, Duration stallTimeout, long keepFree)
    implements PoolContext {
  @Override
  public LockManager hostLocks(Path lockFile) {
    return HostLocks.of(lockFile);
  }
}
