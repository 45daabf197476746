package io.diskwright.toolkit.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.nbd.NbdServer.Behaviour;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever a server sends that a hostile image has taken over, we stay within bounds. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class NbdContentTest {
  private static final int READ = 0;
  private static final int BLOCK_STATUS = 7;
  private static final int KIB = 1024;

  @TempDir Path folder;

  /** What a server answers to one request, after a handshake as it should be. */
  @FunctionalInterface
  private interface Answering {
    void answer(SocketChannel client, ByteBuffer request) throws IOException;
  }

  private static Behaviour answering(Answering answering) {
    return (server, client) -> {
      NbdServer.shakeHands(client, NbdServer.SIZE);
      while (true) {
        ByteBuffer request = NbdServer.receive(client, 28);
        if (request.getShort(6) == 2) {
          return;
        }
        answering.answer(client, request);
      }
    };
  }

  /** Runs something with what a server serves. */
  @FunctionalInterface
  private interface Use {
    void with(NbdContent content) throws Exception;
  }

  /** A server that sends nothing more is ended by its deadline, and not by us: here by the end. */
  private void use(Behaviour behaviour, Use use) throws Exception {
    Path path = folder.resolve("s" + System.nanoTime());
    try (NbdServer server = new NbdServer(path, behaviour)) {
      assertTimeoutPreemptively(
          Duration.ofSeconds(30),
          () -> {
            try (NbdContent content = NbdContent.connect(path, 1, "read image")) {
              use.with(content);
            }
          },
          server::toString);
    }
  }

  /** Half data, in two parts, and half a hole. */
  private static void good(SocketChannel client, ByteBuffer request) throws IOException {
    long offset = request.getLong(16);
    int length = request.getInt(24);
    if (request.getShort(6) == BLOCK_STATUS) {
      NbdServer.chunk(
          client,
          request,
          true,
          5,
          NbdServer.bytes(28)
              .putInt(5)
              .putInt(64 * KIB)
              .putInt(0)
              .putInt(64 * KIB)
              .putInt(0)
              .putInt(128 * KIB)
              .putInt(3));
      return;
    }
    int quarter = length / 4;
    for (int i = 0; i < 2; i++) {
      ByteBuffer data = NbdServer.bytes(8 + quarter).putLong(offset + (long) i * quarter);
      while (data.hasRemaining()) {
        data.put((byte) (i + 1));
      }
      NbdServer.chunk(client, request, false, 1, data);
    }
    ByteBuffer hole =
        NbdServer.bytes(12).putLong(offset + 2L * quarter).putInt(length - 2 * quarter);
    NbdServer.chunk(client, request, false, 2, hole);
    NbdServer.chunk(client, request, true, 0, NbdServer.bytes(0));
  }

  @Test
  void partsAreJoined() throws Exception {
    use(
        answering(NbdContentTest::good),
        content -> {
          ByteBuffer target = ByteBuffer.allocate(100).position(10).limit(50);
          target.array()[40] = 9;

          assertThat(content.read(512, target)).isEqualTo(40);

          assertThat(target.position()).isEqualTo(50);
          assertThat(target.array()).startsWith(new byte[10]);
          assertThat(target.get(10)).isEqualTo((byte) 1);
          assertThat(target.get(20)).isEqualTo((byte) 2);
          assertThat(target.get(40)).isZero();
        });
  }

  @Test
  void extentsOfOneKindAreJoined() throws Exception {
    use(
        answering(NbdContentTest::good),
        content -> {
          assertThat(content.extentAt(0)).isEqualTo(new Extent(0, 128 * KIB, Extent.Kind.DATA));
          assertThat(content.extentAt(5)).isEqualTo(new Extent(5, 128 * KIB - 5, Extent.Kind.DATA));
          assertThat(content.extentAt(128 * KIB))
              .isEqualTo(new Extent(128 * KIB, 128 * KIB, Extent.Kind.ZERO));
        });
  }

  @Test
  void atTheEndFewerBytesAreRead() throws Exception {
    use(
        answering(NbdContentTest::good),
        content -> {
          assertThat(content.size()).isEqualTo(NbdServer.SIZE);
          assertThat(content.read(NbdServer.SIZE - 8, ByteBuffer.allocate(20))).isEqualTo(8);
          assertThat(content.read(NbdServer.SIZE, ByteBuffer.allocate(20))).isZero();
        });
  }

  private static Behaviour reading(Answering answering) {
    return answering(
        (client, request) -> {
          assertThat(request.getShort(6)).isEqualTo((short) READ);
          answering.answer(client, request);
        });
  }

  private static ByteBuffer data(long offset, int length) {
    return NbdServer.bytes(8 + length).putLong(offset).position(8 + length);
  }

  /** A reply's beginning, after which nothing may be waited for. */
  private static void head(SocketChannel client, ByteBuffer request, int type, int length)
      throws IOException {
    NbdServer.send(
        client,
        NbdServer.bytes(20)
            .putInt(0x668e33ef)
            .putShort((short) 1)
            .putShort((short) type)
            .putLong(request.getLong(8))
            .putInt(length));
  }

  @TestFactory
  Stream<DynamicTest> aReadThatIsAnsweredWrongFails() {
    Map<String, Answering> wrong =
        Map.ofEntries(
            Map.entry("nothing", (c, r) -> NbdServer.chunk(c, r, true, 0, NbdServer.bytes(0))),
            Map.entry("too little", (c, r) -> NbdServer.chunk(c, r, true, 1, data(0, 511))),
            Map.entry("too much", (c, r) -> NbdServer.chunk(c, r, true, 1, data(0, 513))),
            Map.entry("no bytes", (c, r) -> NbdServer.chunk(c, r, false, 1, data(0, 0))),
            Map.entry("2 GiB", (c, r) -> head(c, r, 1, Integer.MAX_VALUE)),
            Map.entry("4 GiB", (c, r) -> head(c, r, 1, -1)),
            Map.entry("before it", (c, r) -> NbdServer.chunk(c, r, true, 1, data(-1, 512))),
            Map.entry("behind it", (c, r) -> NbdServer.chunk(c, r, true, 1, data(512, 512))),
            Map.entry("a short part", (c, r) -> NbdServer.chunk(c, r, true, 1, NbdServer.bytes(3))),
            Map.entry("a large hole", (c, r) -> hole(c, r, 513)),
            Map.entry("an endless hole", (c, r) -> hole(c, r, -1)),
            Map.entry("an empty hole", (c, r) -> hole(c, r, 0)),
            Map.entry("an empty part", (c, r) -> NbdServer.chunk(c, r, false, 0, data(0, 0))),
            Map.entry("another kind", (c, r) -> NbdServer.chunk(c, r, true, 5, data(0, 4))),
            Map.entry("what nobody knows", (c, r) -> NbdServer.chunk(c, r, true, 77, data(0, 4))),
            Map.entry("a simple reply", (c, r) -> simple(c, r)),
            Map.entry(
                "another's reply", (c, r) -> NbdServer.chunk(c, other(r), true, 0, data(0, 0))),
            Map.entry("a short failure", (c, r) -> head(c, r, 0x8001, 5)),
            Map.entry("a long failure", (c, r) -> head(c, r, 0x8001, -1)),
            Map.entry("a cut", (c, r) -> cut(c, r)));
    return wrong.entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(),
                    () ->
                        use(
                            reading(each.getValue()),
                            content -> assertFails(content, ByteBuffer.allocate(512)))));
  }

  private static void assertFails(NbdContent content, ByteBuffer target) {
    DiskException failure =
        catchThrowableOfType(DiskException.class, () -> content.read(0, target));

    assertThat(failure.reason()).isEqualTo(Reason.IO_ERROR);
    assertThat(failure.remedy()).isPresent();
    assertThatThrownBy(() -> content.read(0, target)).isInstanceOf(DiskException.class);
  }

  private static void hole(SocketChannel client, ByteBuffer request, int length)
      throws IOException {
    NbdServer.chunk(client, request, false, 2, NbdServer.bytes(12).putLong(0).putInt(length));
  }

  private static void simple(SocketChannel client, ByteBuffer request) throws IOException {
    NbdServer.send(
        client,
        NbdServer.bytes(20).putInt(0x67446698).putInt(0).putLong(request.getLong(8)).putInt(0));
  }

  private static ByteBuffer other(ByteBuffer request) {
    return request.putLong(8, request.getLong(8) + 1);
  }

  private static void cut(SocketChannel client, ByteBuffer request) throws IOException {
    head(client, request, 1, 520);
    NbdServer.send(client, data(0, 100));
    client.close();
  }

  @Test
  void aFailureIsToldAsTheServerToldIt() throws Exception {
    use(
        reading(
            (client, request) -> {
              byte[] text = "bad sector".getBytes(UTF_8);
              ByteBuffer payload = NbdServer.bytes(6 + text.length);
              payload.putInt(5).putShort((short) text.length).put(text);
              NbdServer.chunk(client, request, true, 0x8001, payload);
            }),
        content ->
            assertThatThrownBy(() -> content.read(0, ByteBuffer.allocate(512)))
                .isInstanceOf(DiskException.class)
                .hasMessageContaining("read image")
                .hasMessageContaining("bad sector"));
  }

  @TestFactory
  Stream<DynamicTest> extentsThatAreToldWrongFail() {
    Map<String, Answering> wrong =
        Map.of(
            "none", (c, r) -> NbdServer.chunk(c, r, true, 5, NbdServer.bytes(4).putInt(5)),
            "nothing", (c, r) -> NbdServer.chunk(c, r, true, 0, NbdServer.bytes(0)),
            "an empty one", (c, r) -> NbdServer.chunk(c, r, true, 5, extent(5, 0)),
            "another context", (c, r) -> NbdServer.chunk(c, r, true, 5, extent(6, 512)),
            "half a one",
                (c, r) -> NbdServer.chunk(c, r, true, 5, NbdServer.bytes(8).putInt(5).putInt(1)),
            "2 GiB of them", (c, r) -> head(c, r, 5, 0x7ffffffc),
            "bytes", (c, r) -> NbdServer.chunk(c, r, true, 1, data(0, 512)));
    return wrong.entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(),
                    () ->
                        use(
                            answering(each.getValue()),
                            content ->
                                assertThatThrownBy(() -> content.extentAt(0))
                                    .isInstanceOf(DiskException.class))));
  }

  private static ByteBuffer extent(int context, int length) {
    return NbdServer.bytes(12).putInt(context).putInt(length).putInt(0);
  }

  @Test
  void extentsBehindTheEndAreCutOff() throws Exception {
    use(
        answering((c, r) -> NbdServer.chunk(c, r, true, 5, extent(5, -1))),
        content ->
            assertThat(content.extentAt(0))
                .isEqualTo(new Extent(0, NbdServer.SIZE, Extent.Kind.DATA)));
  }

  @TestFactory
  Stream<DynamicTest> aHandshakeThatIsNoneFails() {
    Map<String, Behaviour> wrong =
        Map.of(
            "silence and an end", (s, c) -> {},
            "another protocol",
                (s, c) -> NbdServer.send(c, NbdServer.bytes(18).putLong(1).position(18)),
            "the old style", (s, c) -> oldStyle(c),
            "endless answers", (s, c) -> endless(c),
            "a long answer", (s, c) -> longAnswer(c),
            "refusals", (s, c) -> refusing(c),
            "a negative size", (s, c) -> NbdServer.shakeHands(c, -1));
    return wrong.entrySet().stream()
        .map(
            each ->
                DynamicTest.dynamicTest(
                    each.getKey(),
                    () ->
                        assertThatThrownBy(() -> use(each.getValue(), content -> {}))
                            .isInstanceOf(IOException.class)));
  }

  private static void oldStyle(SocketChannel client) throws IOException {
    NbdServer.send(
        client,
        NbdServer.bytes(18)
            .putLong(0x4e42444d41474943L)
            .putLong(0x49484156454f5054L)
            .putShort((short) 0));
  }

  private static void begin(SocketChannel client) throws IOException {
    NbdServer.hello(client);
    ByteBuffer unused = NbdServer.receive(client, 4 + 16);
  }

  private static void endless(SocketChannel client) throws IOException {
    begin(client);
    while (true) {
      NbdServer.reply(client, 8, 2, NbdServer.bytes(0));
    }
  }

  private static void longAnswer(SocketChannel client) throws IOException {
    begin(client);
    NbdServer.send(
        client, NbdServer.bytes(20).putLong(0x3e889045565a9L).putInt(8).putInt(3).putInt(-1));
  }

  private static void refusing(SocketChannel client) throws IOException {
    begin(client);
    NbdServer.reply(client, 8, 1 << 31 | 1, NbdServer.bytes(0));
  }

  @Test
  void whoClosesEndsAReadThatIsUnderWay() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    use(
        reading(
            (client, request) -> {
              asked.countDown();
              ByteBuffer unused = NbdServer.receive(client, 1); // never comes
            }),
        content -> {
          assertThat(content.idle()).isTrue();
          CompletableFuture<Throwable> failure =
              CompletableFuture.supplyAsync(
                  () ->
                      catchThrowableOfType(
                          Exception.class, () -> content.read(0, ByteBuffer.allocate(512))));
          asked.await();
          assertThat(content.idle()).isFalse();

          content.close();

          assertThat(failure.get(30, TimeUnit.SECONDS)).isNotNull();
        });
  }
}
