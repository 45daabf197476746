package io.diskwright.it.flow;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Pool;
import io.diskwright.core.event.PoolEvent;
import io.diskwright.core.event.PoolListener;
import io.diskwright.core.lock.HostLocks;
import io.diskwright.it.support.Host;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.lock.Lease;
import io.diskwright.spi.lock.LockKey;
import io.diskwright.spi.lock.LockManager;
import io.diskwright.spi.lock.LockMode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;

/** A pool with a listener, and what makes events of each kind happen. */
abstract class EventsTestBase extends FlowTestBase {
  final List<PoolEvent> heard = new CopyOnWriteArrayList<>();

  @Override
  PoolListener listener() {
    return heard::add;
  }

  final BaseRecord pull(Path image) throws IOException {
    return pull(host(), image);
  }

  static BaseRecord pull(Host host, Path image) throws IOException {
    return host.pool().pull(ImageRequest.of(image.toString()), Host.call());
  }

  static Call callWith(Progress progress) {
    return Call.of(Host.call().deadline(), new Cancellation(), progress);
  }

  /** Deletes a disk that is not there while another one holds its lock, until it is waited for. */
  final void waitForDisk(Host host, String name) throws IOException {
    Pool pool = host.pool();
    try (LockManager others = HostLocks.of(poolFolder().resolve("locks"))) {
      LockKey key = new LockKey(LockKey.Scope.DISK, name);
      Lease lease = others.acquire(key, LockMode.EXCLUSIVE, Host.call());
      Call call = callWith((step, done, total) -> lease.close());
      assertThat(pool.delete(new DiskName(name), call)).isFalse();
    }
  }

  /** Leaves what a fill leaves that was killed. */
  final void leaveAnAttempt() throws IOException {
    Files.writeString(
        poolFolder().resolve("bases").resolve(key('a') + ".0123456789abcdef.raw"), "");
  }

  static BaseKey key(char digit) {
    return new BaseKey(String.valueOf(digit).repeat(64));
  }

  /** Leaves what an eviction leaves that was killed: the record is put aside. */
  final void leaveAnEviction(BaseRecord base) throws IOException {
    Path record = recordOf(base);
    Files.move(record, record.resolveSibling(base.key() + "." + UUID.randomUUID() + ".gone"));
  }

  final Path recordOf(BaseRecord base) {
    return poolFolder().resolve("bases").resolve(base.key() + ".base");
  }
}
