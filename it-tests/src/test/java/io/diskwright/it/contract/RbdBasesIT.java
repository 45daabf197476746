package io.diskwright.it.contract;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.backend.rbd.ceph.CephCluster;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.ImageBackend;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** P4: a base ends with a snapshot, whatever features images have, and goes with all of it. */
@ExtendWith(SharedCeph.class)
class RbdBasesIT {
  private static final int SIZE = 6 << 20;
  private static final int DISK_SIZE = 11 << 20;
  private static final DiskName WEB = new DiskName("web-1");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "layering",
        "layering, exclusive-lock, object-map, fast-diff, deep-flatten",
        "layering, exclusive-lock, journaling"
      })
  void servesDisksAndGoesWithoutATrace(String features, Ceph ceph) throws Exception {
    RbdStorage storage = RbdStorage.in(ceph).with("image-features", features);
    try (ImageBackend pool = storage.open();
        CephCluster cluster = storage.connect();
        CephPool images = storage.images(cluster)) {
      for (int round = 0; round < 3; round++) { // the last has an id that was asked for before
        byte[] bytes = new byte[SIZE];
        BaseRecord base = Bases.fill(pool, bytes, round);
        DiskRecord disk =
            pool.createImage(DiskRequest.builder(WEB, DISK_SIZE).build(), base, Bases.call())
                .disk();

        assertThat(RbdStorage.read(images, disk)).isEqualTo(Arrays.copyOf(bytes, DISK_SIZE));

        assertThat(pool.delete(WEB, Bases.call())).isTrue();
        assertThat(pool.evict(base.key(), Bases.call())).isEqualTo(Eviction.REMOVED);
        assertThat(storage.strays()).isEmpty();
        assertThat(storage.objects())
            .noneMatch(object -> object.matches("(rbd_(data|header|object_map|id)|journal).*"));
      }
    }
  }

  /** Ceph makes no clone whose objects are smaller. */
  @Test
  void servesDisksWhenThePoolAsksForSmallerObjectsLater(Ceph ceph) throws Exception {
    RbdStorage storage = RbdStorage.in(ceph).with("object-size", "4M");
    byte[] bytes = new byte[SIZE];
    BaseRecord base;
    try (ImageBackend pool = storage.open()) {
      base = Bases.fill(pool, bytes, 7);
    }
    try (ImageBackend pool = storage.with("object-size", "1M").open();
        CephCluster cluster = storage.connect();
        CephPool images = storage.images(cluster)) {
      DiskRecord disk =
          pool.createImage(DiskRequest.builder(WEB, DISK_SIZE).build(), base, Bases.call()).disk();

      assertThat(RbdStorage.read(images, disk)).isEqualTo(Arrays.copyOf(bytes, DISK_SIZE));
    }
  }
}
