package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.toolkit.os.Errno;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images that grow without being opened. */
class GrowClosedIT extends CephTestBase {
  private static final long LOCKED =
      ImageOptions.FEATURE_LAYERING | ImageOptions.FEATURE_EXCLUSIVE_LOCK;
  private static final long MAPPED = LOCKED | ImageOptions.FEATURE_OBJECT_MAP;
  private static final long ALL =
      MAPPED | ImageOptions.FEATURE_FAST_DIFF | ImageOptions.FEATURE_DEEP_FLATTEN;
  private static final long LARGE = 5 * 1024L * MIB + 512;

  private String image(long features, long objectSize, Optional<String> base) throws CephException {
    String image = name("image");
    ImageOptions options =
        new ImageOptions(OptionalLong.of(features), OptionalLong.of(objectSize), Optional.empty());
    if (base.isPresent()) {
      pool.cloneImage(pool, base.get(), "base", image, options);
    } else {
      pool.createImage(image, 16 * MIB, options);
    }
    return image;
  }

  private String image(long features) throws CephException {
    return image(features, 4 * MIB, Optional.empty());
  }

  @ParameterizedTest
  @CsvSource({
    ImageOptions.FEATURE_LAYERING + ", 4, false",
    LOCKED + ", 4, true",
    MAPPED + ", 4, false",
    ALL + ", 4, false",
    ALL + ", 4, true",
    ALL + ", 1, false",
    ALL + ", 32, false",
  })
  void areAsLibrbdGrowsThem(long features, long objectMib, boolean clone) throws Exception {
    Optional<String> base = clone ? Optional.of(base(16 * MIB, MIB)) : Optional.empty();
    String theirs = image(features, objectMib * MIB, base);
    String ours = image(features, objectMib * MIB, base);
    String theirId;
    try (RbdImage image = pool.open(theirs, false)) {
      image.resize(LARGE, false, RbdProgress.NONE);
      theirId = image.id();
    }

    String ourId = pool.growClosed(ours, LARGE).orElseThrow();

    assertThat(info(ours, ourId)).isEqualTo(info(theirs, theirId));
    assertThat(header(ourId)).isEqualTo(header(theirId));
    assertThat(objectMaps(ourId)).isEqualTo(objectMaps(theirId));
    if ((features & ImageOptions.FEATURE_OBJECT_MAP) != 0) {
      String unused = ceph.rbd("object-map", "check", "--no-progress", "vms/" + ours);
    }
    assertServes(ours, clone);
    pool.removeImage(ours, RbdProgress.NONE);
    assertThat(ceph.rados("-p", "vms", "ls"))
        .doesNotContain("rbd_header." + ourId, "rbd_object_map." + ourId, "rbd_data." + ourId);
  }

  private void assertServes(String name, boolean clone) throws Exception {
    try (RbdImage image = pool.open(name, false)) {
      assertThat(image.size()).isEqualTo(LARGE);
      assertThat(image.overlap()).isEqualTo(clone ? 16 * MIB : 0);
      assertReads(image, 0, clone ? pattern(1, MIB) : zeros(MIB));
      assertReads(image, LARGE - MIB, zeros(MIB));
      image.write(LARGE - MIB, pattern(2, MIB));
      image.createSnapshot("later");
    }
    try (RbdImage image = pool.open(name, false)) {
      assertReads(image, LARGE - MIB, pattern(2, MIB));
      image.removeSnapshot("later");
    }
    assertThat(ceph.rbd("info", "vms/" + name)).doesNotContain("invalid");
  }

  /** Returns what Ceph's tool says, without what differs from image to image. */
  private List<String> info(String name, String id) throws Exception {
    return ceph.rbd("info", "vms/" + name)
        .lines()
        .map(line -> line.replace(id, "ID").replace(name, "NAME"))
        .filter(line -> !line.contains("timestamp"))
        .toList();
  }

  /** Returns the size as it is in the header, and what else there is. */
  private List<String> header(String id) throws Exception {
    String header = "rbd_header." + id;
    return List.of(
        ceph.rados("-p", "vms", "getomapval", header, "size"),
        ceph.rados("-p", "vms", "listomapkeys", header));
  }

  @Test
  void whatIsLongEnoughStaysAsItIs() throws Exception {
    String image = image(ALL);

    String id = pool.growClosed(image, 16 * MIB).orElseThrow();
    String same = pool.growClosed(image, MIB).orElseThrow();

    assertThat(same).isEqualTo(id);
    assertThat(pool.imageSize(id)).isEqualTo(16 * MIB);
  }

  @Test
  void anImageWithAJournalIsLeftToLibrbd() throws Exception {
    String image = image(LOCKED | ImageOptions.FEATURE_JOURNALING);

    assertThat(pool.growClosed(image, LARGE)).isEmpty();

    try (RbdImage open = pool.open(image, true)) {
      assertThat(open.size()).isEqualTo(16 * MIB);
    }
  }

  @Test
  void whatIsNotThereIsNotMade() throws Exception {
    String name = name("none");

    assertFails(Errno.ENOENT, () -> pool.growClosed(name, LARGE));

    assertThat(ceph.rados("-p", "vms", "ls")).doesNotContain(name);
  }

  /** As it is when the image is swept while its maker stands still. */
  @Test
  void anImageThatGoesMeanwhileIsNotMadeAnew() throws Exception {
    String image = image(ALL);
    String id = pool.growClosed(image, 16 * MIB).orElseThrow();
    ceph.rados("-p", "vms", "rm", "rbd_object_map." + id);

    assertFails(Errno.ENOENT, () -> pool.growClosed(image, LARGE));

    assertThat(pool.imageSize(id)).isEqualTo(16 * MIB);
    assertThat(objectMaps(id)).isEmpty();
  }
}
