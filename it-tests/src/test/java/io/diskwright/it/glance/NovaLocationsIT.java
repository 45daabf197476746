package io.diskwright.it.glance;

import static io.diskwright.it.support.Host.call;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.Diskwright;
import io.diskwright.core.provision.Plan;
import io.diskwright.core.provision.ProvisionResult;
import io.diskwright.core.provision.Refusal;
import io.diskwright.core.provision.Step;
import io.diskwright.it.support.Host;
import io.diskwright.it.support.Images;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.ImageRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where Nova's {@code Rbd.clone} and {@code is_cloneable} look, and when they fall back to
 * fetching, with locations that a real Glance tells: docs/nova.md.
 */
class NovaLocationsIT extends PoolsTestBase {
  private String location(String pool, String image, String snapshot) throws Exception {
    return "rbd://%s/%s/%s/%s".formatted(ceph.ceph("fsid"), pool, image, snapshot);
  }

  private static void assertCloned(ProvisionResult result, String location) {
    assertThat(result.steps()).extracting(Step::name).containsExactly("clone");
    assertThat(result.steps().get(0).detail()).isEqualTo(location);
    assertThat(result.bytesMoved()).isZero();
    assertThat(result.disk().record().origin()).hasToString("location:" + location);
  }

  /** Fails unless the image was fetched, and says in one reason for each location why. */
  private static void assertFetched(ProvisionResult result, String... reasons) {
    assertThat(result.steps()).hasSize(2);
    assertThat(result.refusals()).hasSize(reasons.length);
    for (int i = 0; i < reasons.length; i++) {
      assertThat(result.refusals().get(i).reason()).contains(reasons[i]);
    }
  }

  @Test
  void locationsAreTriedInGlancesOrderAndTheFirstThatCanBeIsCloned() throws Exception {
    Path raw = raw(1, 4 * MIB);
    String first = cloud.upload(name, "raw", raw, "rbd");
    String second = cloud.upload(name, "raw", raw, "rbd");
    String id = cloud.upload(name, "raw", raw, "file");
    cloud.addLocation(id, location("images", first, "snap"));
    cloud.addLocation(id, location("images", second, "snap"));

    ProvisionResult result = create(onCluster(), DISK, id);

    assertCloned(result, location("images", first, "snap"));
    assertThat(result.refusals())
        .singleElement()
        .extracting(Refusal::way)
        .asString()
        .startsWith("clone file://");
    assertThat(cloud.requests(id)).isZero();
    assertReads(result, raw);
  }

  @Test
  void aLocationOnAnotherClusterIsNotCloned() throws Exception {
    Path raw = raw(2, 4 * MIB);
    String there = cloud.upload(name, "raw", raw, "rbd");
    String id = cloud.upload(name, "raw", raw, "file");
    String other = UUID.randomUUID().toString();
    cloud.addLocation(id, "rbd://%s/images/%s/snap".formatted(other, there));

    ProvisionResult result = create(onCluster(), DISK, id);

    assertFetched(result, "rbd://FSID", "on the cluster " + other);
    assertReads(result, raw);
  }

  @Test
  void aLocationWhoseSnapshotIsGoneIsNotCloned() throws Exception {
    Path raw = raw(3, 4 * MIB);
    String there = cloud.upload(name, "raw", raw, "rbd");
    ceph.rbd("snap", "create", "--no-progress", "images/" + there + "@other");
    String id = cloud.upload(name, "raw", raw, "file");
    cloud.addLocation(id, location("images", there, "other"));
    ceph.rbd("snap", "rm", "--no-progress", "images/" + there + "@other");

    ProvisionResult result = create(onCluster(), DISK, id);

    assertFetched(result, "rbd://FSID", "no snapshot 'other'");
    assertReads(result, raw);
  }

  /** Makes an image that lies in a pool which only administrators may use, besides Glance. */
  private String imageIn(String pool, Path raw) throws Exception {
    ceph.ceph("osd", "pool", "create", pool, "1");
    ceph.rbd("pool", "init", pool);
    ceph.rbd("import", "--no-progress", raw, pool + "/image");
    ceph.rbd("snap", "create", "--no-progress", pool + "/image@snap");
    String caps = "profile rbd pool=images, profile rbd pool=" + pool;
    ceph.ceph("auth", "caps", "client.glance", "mon", "profile rbd", "osd", caps);
    String id = cloud.upload(name, "raw", raw, "file");
    cloud.addLocation(id, location(pool, "image", "snap"));
    return id;
  }

  private void removePool(String pool) throws Exception {
    ceph.ceph("osd", "pool", "rm", pool, pool, "--yes-i-really-really-mean-it");
  }

  @Test
  void aLocationInAnotherPoolOfTheClusterIsCloned() throws Exception {
    Path raw = raw(4, 4 * MIB);
    String pool = "templates-" + UUID.randomUUID();
    String id = imageIn(pool, raw);

    ProvisionResult result = create(onClusterAs("admin"), DISK, id);

    assertCloned(result, location(pool, "image", "snap"));
    assertThat(cloud.requests(id)).isZero();
    assertReads(result, raw);
  }

  @Test
  void anErrorOfTheClusterFailsTheCreateAndNothingIsFetched() throws Exception {
    String pool = "still-" + UUID.randomUUID();
    String id = imageIn(pool, raw(5, 4 * MIB));
    Diskwright diskwright = onClusterAs("admin", "timeout: 3s");
    assertThat(diskwright.defaultPool().disks(call())).isEmpty();
    // No OSD serves what fewer have than it asks for.
    ceph.ceph("osd", "pool", "set", pool, "size", "2");
    ceph.ceph("osd", "pool", "set", pool, "min_size", "2");
    try {
      DiskException failure = failure(() -> create(diskwright, DISK, id));

      assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
      assertThat(failure).as("is about the location").hasMessageContaining(pool);
      assertThat(cloud.requests(id)).isZero();
      assertThat(bases(diskwright)).isEmpty();
      assertThat(diskwright.defaultPool().disks(call())).isEmpty();
    } finally {
      removePool(pool);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"rbd", "file"})
  void whatIsNotRawIsFetchedOnceIntoAPoolAndDisksAreMadeOfThat(String store) throws Exception {
    String id = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, store);
    Diskwright diskwright = on(RBD);

    ProvisionResult first = create(diskwright, "disk-1", id);
    long requests = cloud.requests(id);
    ProvisionResult second = create(diskwright, "disk-2", id);
    ProvisionResult third = create(on(RBD), "disk-3", id);

    assertThat(first.steps()).hasSize(2);
    assertThat(first.steps().get(0).name()).isEqualTo("convert");
    for (ProvisionResult result : new ProvisionResult[] {second, third}) {
      assertThat(result.steps()).hasSize(1);
      assertThat(result.bytesMoved()).isZero();
    }
    assertThat(requests).isPositive();
    assertThat(cloud.requests(id)).isEqualTo(requests);
    assertThat(bases(diskwright)).hasSize(1);
    assertReads(first, Images.HELLO_RAW);
    assertReads(third, Images.HELLO_RAW);
  }

  @Test
  void aGlanceThatTellsNoLocationsIsSaidToAndTheImageIsFetchedOnce() throws Exception {
    Path raw = raw(6, 4 * MIB);
    String id = cloud.upload(name, "raw", raw, "rbd");
    Diskwright diskwright = onCluster();
    try (AutoCloseable hidden = cloud.hideLocations()) {
      assertThat(hidden).isNotNull();

      Plan plan = diskwright.plan(disk("disk-1", id).build(), call());
      ProvisionResult first = create(diskwright, "disk-1", id);
      ProvisionResult second = create(diskwright, "disk-2", id);

      assertThat(plan.refusals()).isEqualTo(first.refusals());
      assertFetched(first, "tells no place where it lies");
      assertThat(second.steps()).hasSize(1);
      assertThat(second.bytesMoved()).isZero();
      assertThat(bases(diskwright)).hasSize(1);
      assertReads(second, raw);
    }
  }

  @Test
  void ofAFileNoLocationIsExpected() throws Exception {
    Path raw = raw(7, 4 * MIB);

    ProvisionResult result = onCluster().provision(Host.diskFrom(DISK, raw).build(), call());

    assertThat(result.refusals()).isEmpty();
    assertReads(result, raw);
  }

  @ParameterizedTest
  @ValueSource(strings = {"raw", RBD})
  void whatIsPulledAheadServesDisksThatMayNotDownload(String backend) throws Exception {
    String id = cloud.upload(name, "qcow2", Images.HELLO_QCOW2, "file");
    Diskwright diskwright = on(backend, "never-download: true");
    BaseRecord base = diskwright.defaultPool().pull(ImageRequest.of("glance:" + id), call());
    long requests = cloud.requests(id);

    ProvisionResult result = create(diskwright, DISK, id);

    assertThat(result.steps()).hasSize(1);
    assertThat(result.disk().record().origin()).hasToString("base:" + base.key());
    assertThat(cloud.requests(id)).isEqualTo(requests);
    assertThat(bases(diskwright)).hasSize(1);
    assertReads(result, Images.HELLO_RAW);
  }

  private static Digest sha256(Path file) throws Exception {
    byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return new Digest("sha256", HexFormat.of().formatHex(hash));
  }

  @Test
  void aDigestThatOnlyTheBytesCanProveIsNotPassedOverByCloning() throws Exception {
    Path raw = raw(9, 4 * MIB);
    String id = cloud.upload(name, "raw", raw, "rbd");
    Diskwright diskwright = onCluster();
    Digest wrong = new Digest("sha256", "0".repeat(64));

    DiskException refused =
        failure(() -> diskwright.provision(disk(DISK, id).digest(wrong).build(), call()));
    ProvisionResult right =
        diskwright.provision(disk(DISK, id).digest(sha256(raw)).build(), call());

    assertThat(refused.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(refused).hasMessageContaining("digest");
    assertFetched(right, "digest");
    assertReads(right, raw);
  }
}
