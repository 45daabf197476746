package io.diskwright.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.diskwright.backend.rbd.ceph.CephCluster;
import io.diskwright.backend.rbd.ceph.CephException;
import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.ObjectWrite;
import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.BaseRequest;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.Eviction;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** P3: images on Ceph leave nothing behind, whoever else removes them, or was killed at it. */
@ExtendWith(SharedCeph.class)
class RbdRemovalIT {
  private static final long SIZE = 2 << 20;
  private static final int DISKS = 60;
  private static final String INDEX = "diskwright.index";

  /**
   * The object of librbd's trash, where its entries have their source, and a state as last byte.
   */
  private static final String TRASH = "rbd_trash";

  private static final int SOURCE = 6;
  private static final byte MOVING = 1;

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

  /**
   * librbd removes an image by moving it to the trash first. Killed before it says that it has, it
   * leaves what can be removed by its name only, which is nowhere but in the trash's entry.
   */
  @ParameterizedTest
  @EnumSource(MoveTo.class)
  void whatWasKilledWhileItMovedAnImageToTheTrashIsFinished(MoveTo why, Ceph ceph)
      throws Exception {
    RbdStorage storage = RbdStorage.in(ceph);
    DiskName disk = new DiskName("web");
    try (ImageBackend backend = storage.open();
        CephCluster cluster = storage.connect();
        CephPool images = storage.images(cluster)) {
      String storageId =
          backend
              .createBlank(DiskRequest.builder(disk, SIZE).build(), Bases.call())
              .disk()
              .storageId();
      String image = storageId.substring(0, storageId.lastIndexOf('#'));
      String id = RbdStorage.imageId(storageId);
      takeOutOfIndex(images, "disk/web", "gone/" + image);
      images.trash().move(image, Duration.ZERO);
      String key = "id_" + id;
      byte[] entry = images.readOmap(TRASH, List.of(key)).orElseThrow().get(key);
      entry[SOURCE] = why.source;
      entry[entry.length - 1] = MOVING;
      images.write(ObjectWrite.on(TRASH).setOmap(key, entry));

      assertThat(backend.recover(Bases.call()).kept()).isEmpty();

      assertThat(storage.strays()).isEmpty();
      assertThat(images.readOmap(TRASH, List.of(key)).orElseThrow()).isEmpty();
      assertThat(images.objectExists("rbd_header." + id)).isFalse();
    }
  }

  /** Why an image is moved to the trash, as librbd writes it down (cls_rbd_types.h). */
  private enum MoveTo {
    KEEP(0),
    REMOVE(3);

    private final byte source;

    MoveTo(int source) {
      this.source = (byte) source;
    }
  }

  /**
   * librbd flattens a clone by having the parent forget it, and then it the parent. Killed between
   * the two, it leaves a disk that nobody lists as a clone, and that only its parent lets open.
   */
  @Test
  void aBaseStaysForADiskThatWasBeingFlattened(Ceph ceph) throws Exception {
    RbdStorage storage = RbdStorage.in(ceph);
    try (ImageBackend backend = storage.open();
        CephCluster cluster = storage.connect();
        CephPool images = storage.images(cluster)) {
      byte[] bytes = new byte[(int) SIZE];
      BaseRecord base = Bases.fill(backend, bytes, 5);
      DiskName name = new DiskName("web");
      DiskRecord disk =
          backend.createImage(DiskRequest.builder(name, SIZE).build(), base, Bases.call()).disk();
      storage.forgetChild(
          RbdStorage.imageId(base.storageId()), RbdStorage.imageId(disk.storageId()));

      assertThat(backend.evict(base.key(), Bases.call())).isEqualTo(Eviction.RETIRED);
      assertThat(backend.recover(Bases.call()).kept()).isEmpty();

      assertThat(RbdStorage.read(images, disk)).isEqualTo(bytes);
      assertThat(storage.strays()).isEmpty();
      assertThat(backend.facet(Flattening.class).orElseThrow().flatten(name, Bases.call()))
          .isTrue();
      assertThat(RbdStorage.read(images, disk)).isEqualTo(bytes);
      assertThat(images.trash().entries()).isEmpty();
      assertThat(storage.strays()).isEmpty();
    }
  }

  /** Who sweeps an attempt before its image is made finds no image, and forgets it. */
  @Test
  void anImageThatIsMadeAfterItsAttemptWasSweptGoes(Ceph ceph) throws Exception {
    RbdStorage storage = RbdStorage.in(ceph);
    Image image = Image.builder("test", "image").format(DiskFormat.RAW).build();
    BaseRequest base =
        BaseRequest.of(new BaseKey("0".repeat(64)), image, DiskFormat.RAW, SIZE, SIZE);
    try (ImageBackend backend = storage.open();
        CephCluster cluster = storage.connect();
        CephPool images = storage.images(cluster)) {
      assertThatThrownBy(
              () ->
                  backend.cache(
                      base,
                      sink -> {
                        forgetAttempts(images);
                        return () -> "test";
                      },
                      Bases.call()))
          .isInstanceOfSatisfying(
              DiskException.class, e -> assertThat(e.reason()).isEqualTo(Reason.UNAVAILABLE))
          .hasMessageContaining("swept");
      assertThat(images.images()).isEmpty();
      assertThat(storage.strays()).isEmpty();
    }
  }

  private static void forgetAttempts(CephPool images) throws DiskException {
    try {
      Set<String> attempts = images.listOmap(INDEX, "attempt/").orElseThrow().keySet();
      assertThat(attempts).hasSize(1);
      images.write(ObjectWrite.on(INDEX).removeOmap(attempts));
    } catch (CephException e) {
      throw new AssertionError(e);
    }
  }

  private static void takeOutOfIndex(CephPool images, String record, String gone)
      throws IOException {
    byte[] text = images.readOmap(INDEX, List.of(record)).orElseThrow().get(record);
    images.write(ObjectWrite.on(INDEX).setOmap(gone, text).removeOmap(List.of(record)));
  }
}
