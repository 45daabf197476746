package io.diskwright.it.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.contract.GuestDisk;
import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import io.diskwright.spi.Answer;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Created;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.DiskRequest;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.LocationCloning;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.Location;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks as clones of images that lie in another pool of the cluster, as Glance keeps them. */
@ExtendWith(SharedCeph.class)
class RbdCloningIT {
  private static final int MIB = 1024 * 1024;
  private static final Image RAW =
      Image.builder("test", "image").format(DiskFormat.RAW).validator("v").build();

  @TempDir Path folder = Path.of("");
  private final byte[] bytes = new byte[3 * MIB];
  private final String image = "image-" + UUID.randomUUID();
  private Ceph ceph;
  private String fsid = "";
  private RbdStorage storage;
  private ImageBackend pool;

  @BeforeEach
  void makeImage(Ceph shared) throws Exception {
    ceph = shared;
    fsid = ceph.ceph("fsid");
    new Random(11).nextBytes(bytes);
    Path raw = Files.write(folder.resolve("image.raw"), bytes);
    ceph.rbd("import", "--no-progress", raw, "images/" + image);
    ceph.rbd("snap", "create", "--no-progress", "images/" + image + "@snap");
    storage = RbdStorage.in(ceph);
    pool = storage.open();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    pool.close();
    assertThat(storage.strays()).isEmpty();
  }

  private Location location(String cluster, String of, String snapshot) {
    return new Location(URI.create("rbd://%s/images/%s/%s".formatted(cluster, of, snapshot)));
  }

  private Location good() {
    return location(fsid, image, "snap");
  }

  private static Call call() {
    return Call.within(Duration.ofMinutes(2));
  }

  private static DiskRequest request(long size) {
    return DiskRequest.builder(new DiskName("web-1"), size).build();
  }

  private Created cloneOf(Location location, long size) throws DiskException {
    return pool.facet(LocationCloning.class)
        .orElseThrow()
        .cloneLocation(request(size), RAW, location, call());
  }

  @Test
  void aDiskIsACloneOfTheImageAndMovesNoBytes() throws Exception {
    assertThat(pool.supportsClone(RAW, good(), call()).yes()).isTrue();

    Created created = cloneOf(good(), 5L * MIB);

    assertThat(created.way()).isEqualTo("clone");
    assertThat(created.bytesMoved()).isZero();
    assertThat(created.disk().origin()).hasToString("location:" + good());
    try (GuestDisk disk = storage.attach(pool.attachment(created.disk(), call()))) {
      ByteBuffer read = ByteBuffer.allocate(5 * MIB);
      disk.read(0, read);
      assertThat(read.array()).isEqualTo(Arrays.copyOf(bytes, 5 * MIB));
    }
    assertThat(ceph.rbd("children", "images/" + image + "@snap")).contains("web-1.");
  }

  @Test
  void anImageThatIsLargerThanTheDiskIsRefused() {
    DiskException refusal = catchThrowableOfType(DiskException.class, () -> cloneOf(good(), MIB));

    assertThat(refusal.reason()).isEqualTo(Reason.BASE_LARGER_THAN_SIZE);
  }

  private void assertNotCloned(Location location, String reason) throws DiskException {
    Answer answer = pool.supportsClone(RAW, location, call());
    assertThat(answer.yes()).isFalse();
    assertThat(answer.reason()).contains(reason);
    DiskException refusal =
        catchThrowableOfType(DiskException.class, () -> cloneOf(location, 5L * MIB));
    assertThat(refusal.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(refusal).hasMessageContaining(reason);
  }

  @Test
  void anotherClusterIsNotThisOne() throws Exception {
    String other = UUID.randomUUID().toString();

    assertNotCloned(location(other, image, "snap"), "on the cluster " + other);
  }

  @Test
  void whatIsNotThereCannotBeCloned() throws Exception {
    assertNotCloned(location(fsid, image, "other"), "no snapshot 'other'");
    assertNotCloned(location(fsid, "missing", "snap"), "cannot be read");
    assertNotCloned(
        new Location(URI.create("rbd://" + fsid + "/nowhere/image/snap")), "cannot be read");
  }

  @Test
  void whatTheUserMayNotReadCannotBeCloned() throws Exception {
    String secret = "secret-" + UUID.randomUUID();
    ceph.ceph("osd", "pool", "create", secret, "1");
    ceph.rbd("pool", "init", secret);
    ceph.rbd("create", "--size", "1M", secret + "/image");
    ceph.rbd("snap", "create", "--no-progress", secret + "/image@snap");
    try {
      assertNotCloned(
          new Location(URI.create("rbd://%s/%s/image/snap".formatted(fsid, secret))),
          "cannot be read");
    } finally {
      ceph.ceph("osd", "pool", "rm", secret, secret, "--yes-i-really-really-mean-it");
    }
  }

  @Test
  void onlyRawImagesAreCloned() throws Exception {
    Image qcow2 = Image.builder("test", "image").format(DiskFormat.QCOW2).build();

    assertThat(pool.supportsClone(qcow2, good(), call()).reason()).contains("qcow2");
    Image unknown = Image.builder("test", "image").build();
    assertThat(pool.supportsClone(unknown, good(), call()).reason()).contains("not known");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rbd://image",
        "rbd://a/b/c",
        "rbd://a/b/c/d/e",
        "rbd://a//c/d",
        "rbd:a/b/c/d",
        "file:///images/a"
      })
  void whatIsNoAddressIsRefused(String text) throws Exception {
    Location location = new Location(URI.create(text));

    assertThat(pool.supportsClone(RAW, location, call()).reason()).contains("rbd://FSID");
  }
}
