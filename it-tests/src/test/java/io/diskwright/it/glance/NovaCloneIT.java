package io.diskwright.it.glance;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Step;
import io.diskwright.it.support.Images;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.SnapshotName;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageRequest;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * The branches that Nova takes on a pool of Ceph ({@code clone_fallback_to_fetch}, {@code Rbd}),
 * one test each: docs/nova.md.
 */
class NovaCloneIT extends GlanceOnCephTestBase {
  private static long moved(ProvisionResult result) {
    return result.steps().stream().mapToLong(Step::bytesMoved).sum();
  }

  private BaseRecord pull(Diskwright diskwright, String id) throws DiskException {
    return diskwright.defaultPool().pull(ImageRequest.of("glance:" + id), call());
  }

  @Test
  void anImageThatWasPulledAheadIsClonedAllTheSame() throws Exception {
    Path raw = raw(20, 8 * MIB);
    String id = cloud.upload(name, "raw", raw, "rbd");
    Diskwright diskwright = onCluster();
    BaseRecord base = pull(diskwright, id);

    ProvisionResult made = diskwright.provision(request(id), call());

    assertThat(made.steps()).extracting(Step::name).containsExactly("clone");
    assertThat(moved(made)).isZero();
    assertThat(ceph.rbd("info", image(disk))).contains("parent: images/" + id + "@snap");
    assertThat(diskwright.defaultPool().users(base.key(), call())).isEmpty();
    assertReads(raw);
  }

  @Test
  void anIsoIsClonedAsRawImagesAre() throws Exception {
    Path raw = raw(22, 4 * MIB);
    String id = cloud.upload(name, "iso", raw, "rbd");

    ProvisionResult made = onCluster().provision(request(id), call());

    assertThat(made.steps()).extracting(Step::name).containsExactly("clone");
    assertReads(raw);
  }

  @Test
  void aCloneIsGrownToTheSizeThatIsAskedFor() throws Exception {
    String id = cloud.upload(name, "raw", raw(23, 4 * MIB), "rbd");

    ProvisionResult made = onCluster().provision(disk(disk, id).size(64 * MIB).build(), call());

    assertThat(made.disk().record().size()).isEqualTo(64 * MIB);
    assertThat(ceph.rbd("info", image(disk))).contains("size 64 MiB");
  }

  @Test
  void aDiskThatIsSmallerThanItsImageIsRefusedAndNothingIsLeft() throws Exception {
    String raw = cloud.upload(name, "raw", raw(24, 4 * MIB), "rbd");
    String qcow2 = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "rbd");
    Diskwright diskwright = onCluster();

    for (String id : new String[] {raw, qcow2}) {
      DiskException failure =
          failure(() -> diskwright.provision(disk(disk, id).size(512).build(), call()));
      assertThat(failure.reason()).isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
    }
    assertThat(images()).isEmpty();
    assertThat(diskwright.defaultPool().bases(call())).isEmpty();
  }

  @Test
  void aDiskThatIsThereIsNotMadeAnewThoughItsImageIsGone() throws Exception {
    Path raw = raw(26, 2 * MIB);
    String id = cloud.upload(name, "raw", raw, "file");
    Diskwright diskwright = onCluster();
    diskwright.provision(request(id), call());
    cloud.delete(id);

    ProvisionResult again = diskwright.provision(request(id), call());

    assertThat(again.created()).isFalse();
    assertThat(again.steps()).isEmpty();
    assertReads(raw);
  }

  @Test
  void aShelvedDiskIsFlattenedSoThatItsImageMayGo() throws Exception {
    Path raw = raw(27, 4 * MIB);
    String id = cloud.upload(name, "raw", raw, "rbd");
    Diskwright diskwright = onCluster();
    diskwright.provision(request(id), call());
    DiskName named = new DiskName(disk);

    assertThat(diskwright.defaultPool().flatten(named, call())).isTrue();
    assertThat(diskwright.defaultPool().flatten(named, call())).as("again").isFalse();
    cloud.delete(id);

    assertThat(ceph.rbd("info", image(disk))).doesNotContain("parent:");
    assertThat(ceph.rbd("ls", "images")).doesNotContain(id);
    assertReads(raw);
  }

  @Test
  void aResizeThatIsRevertedIsWhatItWasBefore() throws Exception {
    Path raw = raw(28, 4 * MIB);
    String id = cloud.upload(name, "raw", raw, "rbd");
    Diskwright diskwright = onCluster();
    diskwright.provision(request(id), call());
    DiskName named = new DiskName(disk);
    SnapshotName before = new SnapshotName("nova-resize");

    diskwright.defaultPool().createSnapshot(named, before, call());
    diskwright.defaultPool().resize(named, 16 * MIB, call());
    diskwright.defaultPool().rollback(named, before, call());
    diskwright.defaultPool().removeSnapshot(named, before, call());

    assertThat(diskwright.defaultPool().find(named, call()).orElseThrow().record().size())
        .isEqualTo(4 * MIB);
    assertReads(raw);
  }
}
