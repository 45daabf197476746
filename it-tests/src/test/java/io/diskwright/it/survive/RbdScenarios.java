package io.diskwright.it.survive;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.backend.rbd.ceph.CephPool;
import io.diskwright.backend.rbd.ceph.ImageOptions;
import io.diskwright.backend.rbd.ceph.ObjectWrite;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.toolkit.record.RecordText;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;

/** What a process is stopped at besides that works on a pool on Ceph. */
final class RbdScenarios extends RequestScenarios {
  /** Takes the images that {@link #makeImages} has made in a folder. */
  RbdScenarios(Path folder) {
    super(folder);
  }

  @Override
  List<RequestScenario> all() {
    return Stream.concat(
            super.all().stream(),
            Stream.of(
                // The calls are those of a raw image; what is killed besides is the conversion.
                create("create cold qcow2", qcow2, false).atOneCallIn(6),
                flatten(),
                recover().atOneCallIn(2))) // it does most things several times
        .toList();
  }

  private RequestScenario flatten() {
    return new RequestScenario(
        "flatten",
        this::write,
        pool -> pool.pool().flatten(WEB_NAME, TestPool.call()),
        pool -> whole(pool, written),
        pool -> {
          whole(pool, written);
          assertThat(pool.onCeph().isFlat(web(pool))).isTrue();
          evict(pool);
          whole(pool, written);
        });
  }

  /** The sweep is stopped, too, while it clears up after all that can have been killed. */
  private RequestScenario recover() {
    return new RequestScenario(
        "recover",
        pool -> {
          write(pool);
          evict(pool);
          leaveOver(pool.onCeph().pool());
        },
        TestPool::recover,
        pool -> whole(pool, written),
        pool -> {
          whole(pool, written);
          assertThat(pool.disks()).containsExactlyInAnyOrder(WEB, STAYS);
        });
  }

  /** Leaves attempts at all stages of a session that has lapsed, and what was to go. */
  private static void leaveOver(CephPool pool) throws IOException {
    String session = UUID.randomUUID().toString();
    set(pool, "session/" + session, Map.of("address", "127.0.0.1:0/1"));
    for (String name : List.of("web.0000000000000001", "web.0000000000000002")) {
      set(pool, "attempt/" + name, Map.of("session", session, "started", "now"));
    }
    image(pool, "web.0000000000000002");
    String trashed = "web.0000000000000003"; // by somebody else, with its snapshot
    String id = image(pool, trashed);
    set(pool, "gone/" + trashed, Map.of("storage-id", trashed + '#' + id));
    pool.trash().move(trashed, Duration.ZERO);
  }

  private static void set(CephPool pool, String key, Map<String, String> values)
      throws IOException {
    byte[] text = RecordText.format(values).getBytes(UTF_8);
    pool.write(ObjectWrite.on("diskwright.index").setOmap(key, text));
  }

  private static String image(CephPool pool, String name) throws IOException {
    pool.createImage(name, MIB, ImageOptions.DEFAULT);
    try (RbdImage image = pool.open(name, false)) {
      image.createSnapshot("base");
      return image.id();
    }
  }
}
