package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.it.support.Ceph;
import io.diskwright.toolkit.os.Errno;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A cluster that does not answer: every call comes back, and works again once it answers. */
class FrozenIT extends CephTestBase {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  /** Long enough for any of them on a slow machine; a call that hangs fails the test. */
  private static final int PATIENCE = 120;

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Call> calls = new LinkedHashMap<>();
  private final List<RbdImage> images = new ArrayList<>();
  private CephCluster bounded;
  private CephPool vms;

  /** Something that is asked of the cluster. */
  @FunctionalInterface
  private interface Call {
    void run() throws Exception;
  }

  /** Something that is asked of an open image. */
  @FunctionalInterface
  private interface ImageCall {
    void run(RbdImage image) throws Exception;
  }

  @BeforeEach
  void connectBounded() throws Exception {
    bounded = CephCluster.connect(access(ceph, TIMEOUT));
    vms = bounded.pool("vms", "");
  }

  @AfterEach
  void disconnectBounded() throws Exception {
    threads.shutdown();
    bounded.close();
  }

  /** Adds a call on an image of its own, open for writing. */
  private void onImage(String what, ImageCall call) throws Exception {
    RbdImage image = vms.open(image(), false);
    images.add(image);
    calls.put(what, () -> call.run(image));
  }

  private String image() throws CephException {
    String image = name("frozen");
    pool.createImage(image, 16 * MIB, ImageOptions.DEFAULT);
    try (RbdImage written = pool.open(image, false)) {
      written.write(0, pattern(1, MIB));
    }
    return image;
  }

  private String imageInTrash() throws CephException {
    String image = image();
    String id;
    try (RbdImage open = pool.open(image, true)) {
      id = open.id();
    }
    pool.trash().move(image, Duration.ZERO);
    return id;
  }

  private void addCallsOnObjects() throws Exception {
    String object = name("object");
    pool.write(ObjectWrite.on(object).setOmap("key", "value".getBytes(UTF_8)));
    calls.put("read omap", () -> vms.readOmap(object, List.of("key")));
    calls.put("list omap", () -> vms.listOmap(object, ""));
    calls.put("write", () -> vms.write(ObjectWrite.on(object).removeOmap(List.of("key"))));
    calls.put("lock", () -> LocksIT.lock(vms, object, "cookie", Duration.ofMinutes(1)));
    calls.put("unlock", () -> vms.unlock(object, "lock", "other"));
    calls.put("list lockers", () -> vms.lockers(object, "lock"));
  }

  private void addCallsOnImagesByName() throws Exception {
    String base = base(16 * MIB, MIB);
    String removed = image();
    String moved = image();
    String trashed = imageInTrash();
    String restored = imageInTrash();
    calls.put("create", () -> vms.createImage(name("image"), MIB, ImageOptions.DEFAULT));
    calls.put(
        "clone", () -> vms.cloneImage(vms, base, "base", name("clone"), ImageOptions.DEFAULT));
    calls.put("open", () -> vms.open(base, false));
    calls.put("open for reading", () -> vms.open(base, true));
    calls.put("open by id", () -> vms.openById(trashed, true));
    calls.put("remove", () -> vms.removeImage(removed, RbdProgress.NONE));
    calls.put("move to trash", () -> vms.trash().move(moved, Duration.ZERO));
    calls.put("remove from trash", () -> vms.trash().remove(trashed, true, RbdProgress.NONE));
    calls.put("restore", () -> vms.trash().restore(restored, name("image")));
    calls.put("list trash", () -> vms.trash().entries());
    calls.put("list images", () -> vms.images());
  }

  private void addCallsOnOpenImages() throws Exception {
    RbdImage clone = vms.open(clone(base(16 * MIB, MIB)), false);
    images.add(clone);
    calls.put("flatten", () -> clone.flatten(RbdProgress.NONE));
    onImage("read", image -> image.read(0, ByteBuffer.allocate(4096)));
    onImage("write image", image -> image.write(4 * MIB, pattern(1, MIB)));
    onImage("write zeros", image -> image.writeZeroes(0, MIB));
    onImage("discard", image -> image.discard(0, 4 * MIB));
    onImage("grow", image -> image.resize(32 * MIB, false, RbdProgress.NONE));
    onImage("shrink", image -> image.resize(MIB, true, RbdProgress.NONE));
    onImage("snapshot", image -> image.createSnapshot("snapshot"));
    onImage("list watchers", image -> image.watchers());
    onImage("read key", image -> image.metadata("key"));
    onImage("set key", image -> image.setMetadata("key", "value"));
  }

  @Test
  void everyCallThatNeedsTheOsdComesBackAndWorksAgainLater() throws Exception {
    addCallsOnObjects();
    addCallsOnImagesByName();
    addCallsOnOpenImages();

    SoftAssertions all = new SoftAssertions();
    try (Ceph.Frozen frozen = ceph.freezeOsd()) {
      assertThat(frozen).isNotNull();
      Map<String, Future<String>> results = new LinkedHashMap<>();
      calls.forEach((what, call) -> results.put(what, threads.submit(() -> result(call))));
      for (Map.Entry<String, Future<String>> result : results.entrySet()) {
        all.assertThat(get(result.getValue()))
            .as(result.getKey())
            .isEqualTo("errno " + Errno.ETIMEDOUT);
      }
    }
    all.assertAll();

    for (RbdImage image : images) {
      image.write(8 * MIB, pattern(2, 4096));
      assertReads(image, 8 * MIB, pattern(2, 4096));
      image.createSnapshot("again");
    }
    calls.clear();
    addCallsOnObjects();
    addCallsOnImagesByName();
    addCallsOnOpenImages();
    for (Map.Entry<String, Call> call : calls.entrySet()) {
      assertThat(result(call.getValue())).as(call.getKey()).isEqualTo("fine");
    }
  }

  @Test
  void everyCallThatNeedsTheMonitorComesBackAndWorksAgainLater() throws Exception {
    calls.put("connect", () -> CephCluster.connect(access(ceph, TIMEOUT)).close());
    calls.put("run command", () -> bounded.monCommand("{\"prefix\": \"fsid\"}"));
    calls.put("ask for monitors", () -> bounded.monitors());
    calls.put("ask how full", () -> vms.stats());
    calls.put("blocklist", () -> bounded.blocklist("127.0.0.9:0/1", Duration.ofSeconds(1)));
    onImage("snapshot", image -> image.createSnapshot(name("snapshot")));

    SoftAssertions all = new SoftAssertions();
    try (Ceph.Frozen frozen = ceph.freezeMonitor()) {
      assertThat(frozen).isNotNull();
      for (Map.Entry<String, Call> call : calls.entrySet()) {
        all.assertThat(get(threads.submit(() -> result(call.getValue()))))
            .as(call.getKey())
            .isEqualTo("errno " + Errno.ETIMEDOUT);
      }
    }
    all.assertAll();

    for (Map.Entry<String, Call> call : calls.entrySet()) {
      assertThat(result(call.getValue())).as(call.getKey()).isEqualTo("fine");
    }
  }

  @Test
  void howFullANewPoolIsIsToldOnceTheManagerHasCounted() throws Exception {
    String name = name("new");
    try {
      try (Ceph.Frozen frozen = ceph.freezeManager()) {
        assertThat(frozen).isNotNull();
        ceph.ceph("osd", "pool", "create", name, "1");
        assertThat(failure(() -> bounded.stats(name)))
            .hasMessageContaining("manager has not counted it")
            .satisfies(e -> assertThat(e.is(Errno.ETIMEDOUT)).isTrue());
      }
      assertThat(cluster.stats(name).available()).isPositive();
    } finally {
      ceph.ceph("osd", "pool", "rm", name, name, "--yes-i-really-really-mean-it");
    }
    assertFails(Errno.ENOENT, () -> cluster.stats(name));
  }

  @Test
  void closingComesBackToo() throws Exception {
    onImage("write image", image -> image.write(4 * MIB, pattern(1, MIB)));
    try (Ceph.Frozen frozen = ceph.freezeOsd()) {
      assertThat(frozen).isNotNull();
      assertThat(get(threads.submit(() -> result(bounded::close)))).isNotEmpty();
    }
  }

  private static String result(Call call) throws Exception {
    try {
      call.run();
      return "fine";
    } catch (CephException e) {
      return "errno " + e.errno();
    }
  }

  private static String get(Future<String> result) throws Exception {
    try {
      return result.get(PATIENCE, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      return e.getCause().toString();
    }
  }
}
