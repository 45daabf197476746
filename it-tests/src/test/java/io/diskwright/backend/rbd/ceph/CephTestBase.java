package io.diskwright.backend.rbd.ceph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.diskwright.it.support.Ceph;
import io.diskwright.it.support.SharedCeph;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A cluster that all tests share, connected to as the limited client, with its pool open. */
@ExtendWith(SharedCeph.class)
abstract class CephTestBase {
  static final int MIB = 1 << 20;

  private static final AtomicInteger NAMES = new AtomicInteger();

  @TempDir Path folder = Path.of("");
  Ceph ceph;
  CephCluster cluster;
  CephPool pool;

  @BeforeEach
  void connect(Ceph shared) throws Exception {
    ceph = shared;
    cluster = CephCluster.connect(access(shared, Duration.ofSeconds(30)));
    pool = cluster.pool("vms", "");
  }

  @AfterEach
  void disconnect() throws Exception {
    if (cluster != null) {
      cluster.close();
    }
  }

  static CephAccess access(Ceph ceph, Duration timeout) {
    return new CephAccess(
        Optional.of(ceph.conf()),
        "diskwright",
        Optional.empty(),
        timeout,
        Map.of("rbd_cache", "false"));
  }

  /** Returns a name that no other test has. */
  static String name(String what) {
    return "%s-%d".formatted(what, NAMES.incrementAndGet());
  }

  /** Returns bytes that look random, and are the same each time. */
  static ByteBuffer pattern(int seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return ByteBuffer.wrap(bytes);
  }

  /** Makes an image with a pattern at its beginning, and a snapshot {@code base}. */
  String base(long size, int written) throws CephException {
    String base = name("base");
    pool.createImage(base, size, ImageOptions.DEFAULT);
    try (RbdImage image = pool.open(base, false)) {
      image.write(0, pattern(1, written));
      image.createSnapshot("base");
    }
    return base;
  }

  /** Makes a clone of such an image. */
  String clone(String base) throws CephException {
    String clone = name("clone");
    pool.cloneImage(pool, base, "base", clone, ImageOptions.DEFAULT);
    return clone;
  }

  /** Returns what the object maps of an image and its snapshots hold, if it has any. */
  List<String> objectMaps(String id) throws Exception {
    List<String> maps = new ArrayList<>();
    for (String object : ceph.rados("-p", "vms", "ls").lines().sorted().toList()) {
      if (object.startsWith("rbd_object_map." + id)) {
        Path file = folder.resolve(object);
        ceph.rados("-p", "vms", "get", object, file);
        maps.add(HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return maps;
  }

  /** Returns what a call fails with. */
  static CephException failure(ThrowingCallable call) {
    return catchThrowableOfType(CephException.class, call);
  }

  /** Checks the error number that a call fails with. */
  static void assertFails(int errno, ThrowingCallable call) {
    assertThat(failure(call))
        .isNotNull()
        .satisfies(e -> assertThat(e.errno()).as(e.toString()).isEqualTo(errno));
  }

  /** Checks what an image reads as. */
  static void assertReads(RbdImage image, long offset, ByteBuffer expected) throws CephException {
    ByteBuffer read = ByteBuffer.allocate(expected.remaining());
    assertThat(image.read(offset, read)).isEqualTo(expected.remaining());
    assertThat(read.flip()).isEqualTo(expected);
  }

  /** Returns zeros. */
  static ByteBuffer zeros(int length) {
    return ByteBuffer.allocate(length);
  }
}
