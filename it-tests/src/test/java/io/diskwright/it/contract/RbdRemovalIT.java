package io.diskwright.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.ImageBackend;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** P3: what two hosts would remove at once, of which librbd leaves parts behind. */
@ExtendWith(SharedCeph.class)
class RbdRemovalIT {
  private static final long SIZE = 2 << 20;
  private static final int DISKS = 60;

  @Test
  void anotherHostsSweepLeavesNothingOfWhatIsDeleted(Ceph ceph) throws Exception {
    RbdStorage storage = RbdStorage.in(ceph);
    List<DiskName> disks =
        IntStream.range(0, DISKS).mapToObj(i -> new DiskName("web-" + i)).toList();
    ExecutorService threads = Executors.newCachedThreadPool();
    try (ImageBackend here = storage.open();
        ImageBackend there = storage.open()) {
      for (DiskName disk : disks) {
        here.createBlank(DiskRequest.builder(disk, SIZE).build(), Bases.call());
      }
      Future<?> deleted =
          threads.submit(
              () -> {
                for (DiskName disk : disks) {
                  assertThat(here.delete(disk, Bases.call())).isTrue();
                }
                return null;
              });
      while (!deleted.isDone()) {
        there.recover(Bases.call());
      }
      deleted.get();
      there.recover(Bases.call());
      assertThat(storage.strays()).isEmpty();
    } finally {
      threads.shutdown();
    }
  }
}
