package io.diskwright.core.lock;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** The main class of a JVM that takes locks, one for each line that it reads. */
final class HoldsALock {
  private HoldsALock() {}

  /**
   * Takes {@code args[1]} for the lock's mode; prints {@code held}, and {@code free} when a line
   * has come.
   */
  public static void main(String[] arguments) throws IOException {
    LockKey key = new LockKey(LockKey.Scope.BASE, "key");
    try (LockManager manager = HostLocks.of(Path.of(arguments[0]))) {
      try (Lease lease =
          manager.acquire(
              key, LockMode.valueOf(arguments[1]), Call.within(Duration.ofMinutes(1)))) {
        System.out.println(lease.isHeld() ? "held" : "lost");
        int unused = System.in.read();
      }
      System.out.println("free");
      int unused = System.in.read();
    }
  }
}
