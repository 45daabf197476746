package io.diskwright.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.spi.backend.DiskRecord;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.Location;
import java.io.IOException;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** Opening and closing. */
public abstract class LifecycleContract extends Contract {
  private static final int SIZE = MIB;

  @Test
  @DisplayName("P13: what was published is there when the pool is opened again")
  void whatWasPublishedIsThereAgain() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseRecord base = cache(sample);
    String disk = create("web-1", base, 2 * SIZE).disk().toString();
    pool.close();
    pool = fixture.open();
    assertEquals(disk, found("web-1").toString());
    assertEquals(base.toString(), pool.findBase(base.key(), call()).orElseThrow().toString());
    assertReads("web-1", sample.paddedTo(2 * SIZE));
    create("web-2", base, SIZE);
    assertReads("web-2", sample.paddedTo(SIZE));
  }

  @Test
  @DisplayName("after close every call throws IllegalStateException, and close does nothing")
  void afterCloseEveryCallThrows() throws IOException {
    BaseRecord base = cache(Sample.of(random, SIZE));
    DiskRecord disk = create("web-1", base, SIZE).disk();
    ImageBackend closed = fixture.open();
    closed.close();
    closed.close();
    everyCall(closed, base, disk)
        .forEach((call, tried) -> assertThrows(IllegalStateException.class, tried, call));
    closed.close();
    assertEquals(List.of("web-1"), listed(), "another instance goes on, and nothing was changed");
    assertTrue(pool.findBase(base.key(), call()).isPresent());
  }

  private Map<String, Executable> everyCall(ImageBackend closed, BaseRecord base, DiskRecord disk) {
    Image image = Image.builder("contract", "x").build();
    Location location = new Location(URI.create("elsewhere://a/b"));
    Map<String, Executable> calls = new LinkedHashMap<>();
    calls.put("identity", closed::identity);
    calls.put("locks", closed::locks);
    calls.put("baseFormats", closed::baseFormats);
    calls.put("supportsClone", () -> closed.supportsClone(image, location, call()));
    calls.put("findBase", () -> closed.findBase(base.key(), call()));
    calls.put(
        "cache",
        () ->
            closed.cache(baseRequest(newKey(), SIZE), new SampleFill(Sample.zeros(SIZE)), call()));
    calls.put("ways", closed::ways);
    calls.put("createImage", () -> closed.createImage(diskRequest("new", SIZE), base, call()));
    calls.put("createBlank", () -> closed.createBlank(diskRequest("new", SIZE), call()));
    calls.put("verifyBaseSize", () -> closed.verifyBaseSize(1, 512));
    calls.put("resize", () -> closed.resize(name("web-1"), 2 * SIZE, call()));
    calls.put("find", () -> closed.find(name("web-1"), call()));
    calls.put("list", () -> closed.list(call()));
    calls.put("delete", () -> closed.delete(name("web-1"), call()));
    calls.put("attachment", () -> closed.attachment(disk, call()));
    calls.put("bases", () -> closed.bases(call()));
    calls.put("users", () -> closed.users(base.key(), call()));
    calls.put("evict", () -> closed.evict(base.key(), call()));
    calls.put("evictAll", () -> closed.evictAll(Set.of(base.key()), call()));
    calls.put("baseUsage", () -> closed.baseUsage(call()));
    calls.put("pin", () -> closed.pin(base.key(), true, call()));
    calls.put("openBase", () -> closed.openBase(base, call()));
    calls.put("usage", () -> closed.usage(call()));
    calls.put("check", () -> closed.check(call()));
    calls.put("facet", () -> closed.facet(Facet.class));
    return calls;
  }

  @Test
  @DisplayName("a pool that is closed during a fill ends it as cancelled, or lets it finish")
  void closedDuringAFill() throws IOException {
    Sample sample = Sample.of(random, SIZE);
    BaseKey key = newKey();
    CountDownLatch filling = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    ImageBackend closing = fixture.open();
    List<Outcome<Object>> outcomes =
        Together.atOnce(
            List.of(
                () ->
                    closing.cache(
                        baseRequest(key, SIZE),
                        sink -> {
                          filling.countDown();
                          waitFor(closed);
                          return new SampleFill(sample).into(sink);
                        },
                        call()),
                () -> {
                  waitFor(filling);
                  closing.close();
                  closed.countDown();
                  return "closed";
                }));
    assertEquals("closed", outcomes.get(1).orThrow());
    Outcome<Object> fill = outcomes.get(0);
    assertTrue(fill.value().isPresent() || fill.failedWith(Reason.CANCELLED), fill::toString);
    assertEquals(fill.value().isPresent(), pool.findBase(key, call()).isPresent());
    create("web-1", pool.cache(baseRequest(key, SIZE), new SampleFill(sample), call()), SIZE);
    assertReads("web-1", sample.paddedTo(SIZE));
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted", e);
    }
  }

  @Test
  @DisplayName("P11: a pool that is well says so, of every thing that it looks at")
  void aPoolThatIsWellSaysSo() throws IOException {
    pool.check(call()).stream()
        .filter(finding -> !finding.answer().yes())
        .findAny()
        .ifPresent(
            finding -> assertTrue(toleratedWhenMissing(finding.subject()), finding::toString));
  }

  /** A tool that only some calls need may be missing where these tests run. */
  private static boolean toleratedWhenMissing(String subject) {
    return subject.startsWith("qemu-");
  }

  @Test
  @DisplayName(
      "P6: a location of another storage is no place to clone from, and the reason says why")
  void aLocationOfAnotherStorage() throws IOException {
    Image image = Image.builder("contract", "x").format(DiskFormat.RAW).build();
    for (String uri :
        List.of(
            "elsewhere://a/b",
            "file:///etc/passwd",
            "rbd://00000000-0000-0000-0000-000000000000/pool/image/snap",
            "https://example.org/image.raw")) {
      assertTrue(
          !pool.supportsClone(image, new Location(URI.create(uri)), call()).reason().isBlank(),
          uri);
    }
  }
}
