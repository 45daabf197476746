package io.diskwright.it.glance;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Step;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.it.support.Tools;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nova's {@code Image.cache} and {@code create_image} where backends differ, with images of a real
 * Glance on pools of files and on Ceph: docs/nova.md.
 */
class NovaDisksIT extends PoolsTestBase {
  private static final int AT_ONCE = 4;

  @ParameterizedTest
  @ValueSource(strings = {"qcow2", RBD})
  void withoutASizeADiskIsAsLargeAsItsImageAndSoIsOneForRescue(String backend) throws Exception {
    Path raw = raw(1, 3 * MIB);
    String root = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "file", "\"min_disk\": 1");
    String rescue = cloud.upload(name, "raw", raw, "file");
    Diskwright diskwright = on(backend);

    ProvisionResult disk = create(diskwright, DISK, root);
    ProvisionResult besides = create(diskwright, DISK + ".rescue", rescue);

    assertThat(disk.disk().record().size()).isEqualTo(Files.size(Images.HELLO_RAW));
    assertThat(besides.disk().record().size()).isEqualTo(3 * MIB);
    assertThat(diskwright.defaultPool().delete(new DiskName(DISK + ".rescue"), call())).isTrue();
    assertReads(disk, Images.HELLO_RAW);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", RBD})
  void aSizeThatIsSmallerThanTheImageIsRefusedBeforeAByteIsAskedFor(String backend)
      throws Exception {
    String raw = cloud.upload(name, "raw", raw(2, 3 * MIB), "file");
    String qcow2 = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "file");
    String least = cloud.upload(name, "raw", raw(3, MIB), "file", "\"min_disk\": 1");
    Diskwright diskwright = on(backend);

    for (String id : new String[] {raw, qcow2, least}) {
      long size = id.equals(least) ? 64 * MIB : 512 * 1024;
      DiskException failure =
          failure(() -> diskwright.provision(disk(DISK, id).size(size).build(), call()));
      assertThat(failure.reason()).isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
      assertThat(cloud.requests(id)).isZero();
    }
    assertThat(bases(diskwright)).isEmpty();
    assertThat(diskwright.defaultPool().disks(call())).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", RBD})
  void disksThatTwoLibrariesMakeAtOnceFetchTheirImageOnce(String backend) throws Exception {
    String id = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "file");
    Diskwright one = on(backend);
    Diskwright other = on(backend);
    ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
    List<Step> steps = new ArrayList<>();
    try {
      List<Future<ProvisionResult>> made = new ArrayList<>();
      for (int i = 0; i < AT_ONCE; i++) {
        Diskwright library = i % 2 == 0 ? one : other;
        String named = DISK + i;
        made.add(threads.submit(() -> create(library, named, id)));
      }
      for (Future<ProvisionResult> each : made) {
        steps.addAll(each.get().steps());
      }
    } finally {
      threads.shutdown();
    }

    assertThat(steps).hasSize(AT_ONCE + 1);
    assertThat(steps).extracting(Step::name).containsOnlyOnce("convert");
    assertThat(bases(one)).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"qcow2", RBD})
  void aDiskThatIsFlattenedOutlivesItsImageAndItsBase(String backend) throws Exception {
    String id = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "file");
    Diskwright diskwright = on(backend);
    ProvisionResult disk = create(diskwright, DISK, id);
    BaseRecord base = bases(diskwright).get(0);
    DiskName named = disk.disk().record().name();
    assertThat(diskwright.defaultPool().users(base.key(), call())).containsExactly(named);

    assertThat(diskwright.defaultPool().flatten(named, call())).isTrue();
    cloud.delete(id);

    assertThat(diskwright.defaultPool().evict(base.key(), call())).isEqualTo(Eviction.REMOVED);
    assertThat(create(diskwright, DISK, id).created()).isFalse();
    assertReads(disk, Images.HELLO_RAW);
  }

  // Nova takes no VHD at all, as its two readers name the format differently.
  @ParameterizedTest
  @CsvSource({"vmdk, vmdk", "vhd, vpc", "vhdx, vhdx", "vdi, vdi"})
  void everyFormatByGlancesNameOfItBecomesRaw(String named, String qemus) throws Exception {
    Path image = folder.resolve("image." + named);
    Tools.run("qemu-img", "convert", "-f", "raw", "-O", qemus, Images.HELLO_RAW, image);
    String id = cloud.upload(name, named, image, "file");

    ProvisionResult result = create(on("raw"), DISK, id);

    assertThat(result.steps().get(0).name()).isEqualTo("convert");
    assertReads(result, Images.HELLO_RAW);
  }

  @Test
  void aFormatThatIsNoDisksIsRefused() throws Exception {
    String id = cloud.upload(name, "ploop", raw(4, MIB), "file");
    Diskwright diskwright = on("raw");

    DiskException failure = failure(() -> create(diskwright, DISK, id));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("ploop");
    assertThat(cloud.requests(id)).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", "qcow2", RBD})
  void aConfigDriveIsADiskOfALocalFile(String backend) throws Exception {
    Path iso = Images.iso(folder.resolve("disk.config"), MIB);

    ProvisionResult result =
        on(backend).provision(Host.diskFrom(DISK + ".config", iso).build(), call());

    assertThat(result.disk().record().size()).isEqualTo(MIB);
    assertReads(result, iso);
  }
}
