package io.diskwright.backend.rbd.ceph;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.toolkit.os.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** Objects and their omaps. */
class ObjectsIT extends CephTestBase {
  private final String object = name("object");

  private static byte[] bytes(String value) {
    return value.getBytes(UTF_8);
  }

  private Map<String, String> listed(String prefix) throws CephException {
    return strings(pool.listOmap(object, prefix).orElseThrow());
  }

  private static Map<String, String> strings(SortedMap<String, byte[]> values) {
    Map<String, String> strings = new TreeMap<>();
    values.forEach((key, value) -> strings.put(key, new String(value, UTF_8)));
    return strings;
  }

  @Test
  void setsAndReadsKeys() throws Exception {
    pool.write(
        ObjectWrite.on(object)
            .createExclusive()
            .setOmap(Map.of("a/1", bytes("one"), "a/ü", bytes("zwei"), "b", bytes("three"))));

    assertThat(listed("")).containsOnlyKeys("a/1", "a/ü", "b");
    assertThat(listed("a/")).isEqualTo(Map.of("a/1", "one", "a/ü", "zwei"));
    assertThat(listed("c")).isEmpty();
    assertThat(strings(pool.readOmap(object, List.of("b", "none", "a/ü")).orElseThrow()))
        .isEqualTo(Map.of("a/ü", "zwei", "b", "three"));
    assertThat(pool.readOmap(object, List.of()).orElseThrow()).isEmpty();
  }

  @Test
  void tellsAnObjectThatIsNotThereFromOneWithoutKeys() throws Exception {
    assertThat(pool.listOmap(object, "")).isEmpty();
    assertThat(pool.readOmap(object, List.of("key"))).isEmpty();

    pool.write(ObjectWrite.on(object).create());

    assertThat(pool.listOmap(object, "")).hasValueSatisfying(all -> assertThat(all).isEmpty());
    assertThat(pool.readOmap(object, List.of("key")))
        .hasValueSatisfying(all -> assertThat(all).isEmpty());
  }

  @Test
  void listsMoreKeysThanOnePageHolds() throws Exception {
    Map<String, byte[]> many = new TreeMap<>();
    for (int i = 0; i < 3500; i++) {
      many.put("key/%05d".formatted(i), bytes("value " + i));
    }
    many.put("other", bytes("x"));
    pool.write(ObjectWrite.on(object).setOmap(many));

    assertThat(listed("key/")).hasSize(3500).containsEntry("key/03499", "value 3499");
    assertThat(listed("")).hasSize(3501);
  }

  @Test
  void readsValuesOfAnyBytes() throws Exception {
    byte[] value = pattern(3, 100_000).array();
    pool.write(ObjectWrite.on(object).setOmap("key", value));

    assertThat(pool.readOmap(object, List.of("key")).orElseThrow().get("key")).isEqualTo(value);
  }

  @Test
  void changesNothingWhenAComparisonFails() throws Exception {
    pool.write(ObjectWrite.on(object).create().compareOmapAbsent("a").setOmap("a", bytes("1")));

    assertFails(
        Errno.ECANCELED,
        () ->
            pool.write(
                ObjectWrite.on(object)
                    .create()
                    .setOmap("b", bytes("1"))
                    .compareOmapAbsent("a")
                    .setOmap("a", bytes("2"))));
    assertFails(
        Errno.ECANCELED,
        () ->
            pool.write(
                ObjectWrite.on(object).compareOmap("a", bytes("9")).removeOmap(List.of("a"))));
    assertFails(
        Errno.ECANCELED,
        () -> pool.write(ObjectWrite.on(object).compareOmap("none", bytes("1")).remove()));
    assertThat(listed("")).isEqualTo(Map.of("a", "1"));

    pool.write(
        ObjectWrite.on(object)
            .compareOmap("a", bytes("1"))
            .compareOmapAbsent("b")
            .removeOmap(List.of("a", "none"))
            .setOmap("b", bytes("2")));
    assertThat(listed("")).isEqualTo(Map.of("b", "2"));
  }

  @Test
  void saysWhetherAnObjectIsThere() throws Exception {
    assertFails(Errno.ENOENT, () -> pool.write(ObjectWrite.on(object).assertExists()));
    assertFails(Errno.ENOENT, () -> pool.write(ObjectWrite.on(object).remove()));
    assertFails(
        Errno.ENOENT, () -> pool.write(ObjectWrite.on(object).compareOmapAbsent("a").create()));
    assertFails(Errno.ENOENT, () -> pool.write(ObjectWrite.on(object).removeOmap(List.of("a"))));

    pool.write(ObjectWrite.on(object).createExclusive());

    assertFails(Errno.EEXIST, () -> pool.write(ObjectWrite.on(object).createExclusive()));
    pool.write(ObjectWrite.on(object).assertExists().remove());
    assertThat(pool.listOmap(object, "")).isEmpty();
  }

  @Test
  void letsOneOfManyWin() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        String value = "writer " + i;
        String key = "key/" + i / 8;
        all.add(threads.submit(() -> won(key, value)));
      }
      int winners = 0;
      for (Future<Boolean> one : all) {
        winners += one.get() ? 1 : 0;
      }
      assertThat(winners).isEqualTo(8);
      assertThat(listed("key/")).hasSize(8);
    } finally {
      threads.shutdown();
    }
  }

  private boolean won(String key, String value) throws CephException {
    try {
      pool.write(ObjectWrite.on(object).create().compareOmapAbsent(key).setOmap(key, bytes(value)));
      return true;
    } catch (CephException e) {
      assertThat(e.errno()).isEqualTo(Errno.ECANCELED);
      return false;
    }
  }

  @Test
  void mayNotWriteIntoAPoolThatTheUserOnlyReads() throws Exception {
    CephPool images = cluster.pool("images", "");
    assertFails(Errno.EPERM, () -> images.write(ObjectWrite.on(object).create()));
    assertFails(Errno.EPERM, () -> images.createImage(name("image"), MIB, ImageOptions.DEFAULT));
  }
}
