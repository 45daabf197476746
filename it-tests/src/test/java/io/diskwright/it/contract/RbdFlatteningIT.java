package io.diskwright.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.backend.Snapshots;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** P5: flattening means that a disk depends on no base any more, with all its snapshots. */
@ExtendWith(SharedCeph.class)
class RbdFlatteningIT {
  private static final int MIB = 1 << 20;
  private static final DiskName WEB = new DiskName("web-1");
  private static final SnapshotName BEFORE = new SnapshotName("before");

  @Test
  void snapshotsThatWouldGoOnReadingFromTheBaseForbidIt(Ceph ceph) throws Exception {
    RbdStorage storage = RbdStorage.in(ceph).with("image-features", "layering");
    try (ImageBackend pool = storage.open()) {
      Flattening flattening = pool.facet(Flattening.class).orElseThrow();
      Snapshots snapshots = pool.facet(Snapshots.class).orElseThrow();
      BaseRecord base = Bases.fill(pool, new byte[MIB], 5);
      pool.createImage(DiskRequest.builder(WEB, 2 * MIB).build(), base, Bases.call());
      snapshots.create(WEB, BEFORE, Bases.call());

      DiskException refusal =
          catchThrowableOfType(DiskException.class, () -> flattening.flatten(WEB, Bases.call()));

      assertThat(refusal.reason()).isEqualTo(Reason.UNSUPPORTED);
      assertThat(refusal).hasMessageContaining("deep-flatten").hasMessageContaining("web-1");
      assertThat(pool.users(base.key(), Bases.call())).containsExactly(WEB);
      assertThat(snapshots.remove(WEB, BEFORE, Bases.call())).isTrue();
      assertThat(flattening.flatten(WEB, Bases.call())).isTrue();
      assertThat(pool.users(base.key(), Bases.call())).isEmpty();
    }
  }
}
