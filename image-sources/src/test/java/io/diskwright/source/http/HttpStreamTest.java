package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** All bytes come, in order, or the reader learns why not. */
class HttpStreamTest extends HttpTestBase {
  private static final int LENGTH = 3 * MIB + 4711;

  @ParameterizedTest
  @ValueSource(ints = {1, 4711, MIB, 8 * MIB, 9 * MIB + 1})
  void oneRequestBringsAnImage(int length) throws IOException {
    Served served = Served.random(length, length);
    TestServer server = server(served);
    ImageData data = open(source(), server.url("/a.raw"));

    assertThat(data.size()).hasValue(length);
    assertThat(readAll(data)).isEqualTo(served.content);
    data.verifyUnchanged();

    assertThat(server.count("GET")).isOne();
    assertThat(server.count("HEAD")).isOne();
    assertThat(server.requests().get(1).asksForPart()).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"2", "4", "16"})
  void aLargeImageComesInPartsOverConnectionsAtOnce(String connections) throws IOException {
    Served served = Served.random(7, 37 * MIB + 4711);
    CountDownLatch part = new CountDownLatch(1);
    TestServer server =
        server(
            (request, connection) -> {
              if (request.asksForPart()) {
                part.countDown();
                served.answer(request, connection);
              } else if (request.method().equals("GET")) {
                long from = served.begin(request, connection);
                connection.write(served.content, from, 14 * MIB);
                part.await(); // forever, if nobody helps
                connection.write(served.content, 14 * MIB, served.content.length);
              } else {
                served.answer(request, connection);
              }
            });
    ImageData data = open(source("connections", connections), server.url("/a.raw"));

    assertThat(Arrays.equals(readAll(data), served.content)).isTrue();

    assertThat(server.count("GET")).isGreaterThan(5);
    assertThat(server.requests())
        .filteredOn(TestServer.Request::asksForPart)
        .hasSizeGreaterThan(4)
        .allMatch(request -> request.header("If-Range").orElse("").equals("\"v1\""));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8})
  void asManyConnectionsAsAllowedAreOpenAtOnce(int connections) throws IOException {
    Served served = Served.random(7, 64 * MIB);
    CountDownLatch parts = new CountDownLatch(connections);
    TestServer server =
        server(
            (request, connection) -> {
              if (request.asksForPart()) {
                parts.countDown();
                parts.await(); // forever, if fewer come
              }
              served.answer(request, connection);
            });
    ImageData data =
        open(source("connections", Integer.toString(connections)), server.url("/a.raw"));

    assertThat(Arrays.equals(readAll(data), served.content)).isTrue();
  }

  @Test
  void aLargeImageOfAFastServerComesInOne() throws IOException {
    Served served = Served.random(7, 37 * MIB + 4711);
    TestServer server = server(served);
    fast = 0;
    ImageData data = open(source(), server.url("/a.raw"));

    assertThat(Arrays.equals(readAll(data), served.content)).isTrue();

    assertThat(server.count("GET")).isOne();
    assertThat(server.requests().get(1).asksForPart()).isFalse();
  }

  @Test
  void aLargeImageOfAServerThatDoesNoRangesComesInOne() throws IOException {
    Served served = Served.random(7, 37 * MIB).withoutRanges();
    TestServer server = server(served);
    ImageData data = open(source(), server.url("/a.raw"));

    assertThat(Arrays.equals(readAll(data), served.content)).isTrue();

    assertThat(data.content()).isEmpty();
    assertThat(server.requests().stream().filter(request -> !request.asksForPart()).toList())
        .hasSize(2); // HEAD and GET; another GET found out about ranges
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "W/\"v1\""})
  void withoutAStrongValidatorALargeImageComesInOne(String tag) throws IOException {
    Served served = Served.random(7, 33 * MIB).withTag(tag.isEmpty() ? null : tag);
    served.dated = false;
    TestServer server = server(served);
    ImageData data = open(source(), server.url("/a.raw"));

    assertThat(Arrays.equals(readAll(data), served.content)).isTrue();
    data.verifyUnchanged();

    assertThat(server.count("GET")).isOne();
    assertThat(server.count("HEAD")).as("it is compared afterwards").isEqualTo(2);
    assertThat(server.requests()).noneMatch(request -> request.header("If-Range").isPresent());
  }

  @Test
  void aStreamBeginsAnewEachTime() throws IOException {
    Served served = Served.random(1, LENGTH);
    ImageData data = open(source(), server(served).url("/a.raw"));

    assertThat(readAll(data)).isEqualTo(served.content);
    assertThat(readAll(data)).isEqualTo(served.content);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8, 9})
  void whatIsCutIsGoneOnWith(int tenth) throws IOException {
    Served served = Served.random(tenth, LENGTH);
    AtomicInteger gets = new AtomicInteger();
    TestServer server =
        server(
            (request, connection) -> {
              if (request.method().equals("GET") && gets.getAndIncrement() == 0) {
                served.begin(request, connection);
                connection.write(served.content, 0, (long) LENGTH * tenth / 10);
                connection.cut();
              } else {
                served.answer(request, connection);
              }
            });
    ImageData data = open(source(), server.url("/a.raw"));

    assertThat(readAll(data)).isEqualTo(served.content);

    assertThat(server.requests().get(2).header("Range"))
        .hasValue("bytes=%d-%d".formatted((long) LENGTH * tenth / 10, LENGTH - 1));
    assertThat(server.requests().get(2).header("If-Range")).hasValue("\"v1\"");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anImageThatIsCutAtEveryTenthArrives(boolean large) throws IOException {
    Served served = Served.random(3, large ? 35 * MIB : LENGTH);
    int most = served.content.length / (large ? 100 : 10) + 1;
    TestServer server =
        server(
            (request, connection) -> {
              if (!request.method().equals("GET")) {
                served.answer(request, connection);
                return;
              }
              long from = served.begin(request, connection);
              long end = served.end(request);
              connection.write(served.content, from, Math.min(end, from + most));
              if (from + most < end) {
                connection.cut();
              }
            });

    byte[] read = readAll(open(source(), server.url("/a.raw")));

    assertThat(Arrays.equals(read, served.content)).isTrue();
  }

  @Test
  void aServerThatDoesNoRangesIsAskedForEverythingAgain() throws IOException {
    Served served = Served.random(4, LENGTH).withoutRanges();
    AtomicInteger gets = new AtomicInteger();
    TestServer server =
        server(
            (request, connection) -> {
              if (request.method().equals("GET")
                  && !request.asksForPart()
                  && gets.getAndIncrement() == 0) {
                served.begin(request, connection);
                connection.write(served.content, 0, LENGTH / 2);
                connection.cut();
              } else {
                served.answer(request, connection);
              }
            });

    assertThat(readAll(open(source(), server.url("/a.raw")))).isEqualTo(served.content);
  }

  @Test
  void withoutAValidatorWhatIsCutFails() throws IOException {
    Served served = Served.random(4, LENGTH).withTag(null);
    served.dated = false;
    TestServer server = server(cutInTheMiddle(served));

    DiskException failure = failure(() -> readAll(open(source(), server.url("/a.raw"))));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("cannot be gone on");
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void whatADigestIsDeclaredOfIsGoneOnWithInAnyCase() throws IOException {
    Served served = Served.random(4, LENGTH).withTag(null);
    served.dated = false;
    AtomicInteger gets = new AtomicInteger();
    TestServer.Handler cut = cutInTheMiddle(served);
    TestServer server =
        server(
            (request, connection) -> {
              boolean whole = request.method().equals("GET") && !request.asksForPart();
              (whole && gets.getAndIncrement() == 0 ? cut : served).answer(request, connection);
            });
    ImageSource source = source();
    Image image =
        source.resolve(
            ImageRequest.of(server.url("/a.raw"))
                .withDigest(new Digest("sha256", "0".repeat(64))), // compared by who reads it
            CALL);

    assertThat(server.requests()).as("nobody is asked as long as the digest will do").isEmpty();
    assertThat(image.validator()).hasValue("sha256:" + "0".repeat(64));
    assertThat(readAll(closing(source.open(image, CALL)))).isEqualTo(served.content);
  }

  private static TestServer.Handler cutInTheMiddle(Served served) {
    return (request, connection) -> {
      if (request.method().equals("GET")) {
        long from = served.begin(request, connection);
        connection.write(served.content, from, served.content.length / 2);
        connection.cut();
      } else {
        served.answer(request, connection);
      }
    };
  }

  @Test
  void cutsWithoutProgressEndIt() throws IOException {
    Served served = Served.random(5, LENGTH);
    TestServer server =
        server(
            (request, connection) -> {
              if (request.method().equals("GET")) {
                served.begin(request, connection);
                connection.cut();
              } else {
                served.answer(request, connection);
              }
            });

    DiskException failure = failure(() -> readAll(open(source(), server.url("/a.raw"))));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure.resource()).hasValue(server.url("/a.raw"));
    assertThat(server.count("GET")).isEqualTo(6);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anImageThatChangesBetweenRequestsIsRefused(boolean conditions) throws IOException {
    Served served = Served.random(6, 40 * MIB);
    AtomicInteger gets = new AtomicInteger();
    TestServer server =
        server(
            (request, connection) -> {
              if (gets.incrementAndGet() == 8) {
                served.tag = "\"v2\"";
              }
              if (!conditions) {
                request.headers().remove("if-range");
              }
              served.answer(request, connection);
            });

    DiskException failure = failure(() -> readAll(open(source(), server.url("/a.raw"))));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("it changed while it was read");
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void anImageThatChangesWhileItIsCutIsRefused() throws IOException {
    Served served = Served.random(6, LENGTH);
    TestServer server =
        server(
            (request, connection) -> {
              if (request.method().equals("GET") && !request.asksForPart()) {
                served.begin(request, connection);
                connection.write(served.content, 0, MIB);
                served.tag = "\"v2\"";
                connection.cut();
              } else {
                served.answer(request, connection);
              }
            });

    DiskException failure = failure(() -> readAll(open(source(), server.url("/a.raw"))));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("it changed while it was read");
  }

  @Test
  void anImageThatChangesWithoutAStrongValidatorIsNoticedInTheEnd() throws IOException {
    Served served = Served.random(6, LENGTH).withTag("W/\"v1\"");
    served.dated = false;
    ImageData data = open(source(), server(served).url("/a.raw"));
    byte[] read = readAll(data);
    served.tag = "W/\"v2\"";

    DiskException failure = failure(data::verifyUnchanged);

    assertThat(read).isEqualTo(served.content);
    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("changed");
  }

  @Test
  void anImageThatChangesAfterItWasResolvedIsRefused() throws IOException {
    Served served = Served.random(6, LENGTH);
    TestServer server = server(served);
    ImageSource source = source();
    Image image = resolve(source, server.url("/a.raw"));
    served.tag = "\"v2\"";

    DiskException failure = failure(() -> readAll(closing(source.open(image, CALL))));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
  }

  @Test
  void fewerBytesThanSaidAreAFailure() throws IOException {
    Served served = Served.random(8, LENGTH);
    TestServer server =
        server(
            (request, connection) -> {
              if (request.method().equals("GET")) {
                long from = served.begin(request, connection);
                connection.write(served.content, Math.min(from, MIB), MIB);
                connection.cut();
              } else {
                served.answer(request, connection);
              }
            });

    DiskException failure = failure(() -> readAll(open(source(), server.url("/a.raw"))));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void moreBytesThanSaidAreRefused(boolean chunked) throws IOException {
    Served served = Served.random(8, MIB);
    TestServer server =
        server(
            (request, connection) -> {
              if (!request.method().equals("GET")) {
                served.answer(request, connection);
              } else if (chunked) {
                connection.head(200, served.with("Transfer-Encoding: chunked"));
                for (int i = 0; i < 2; i++) {
                  connection.text(Integer.toHexString(MIB) + "\r\n");
                  connection.write(served.content, 0, MIB);
                  connection.text("\r\n");
                }
                connection.text("0\r\n\r\n");
              } else {
                connection.head(200, served.with("Content-Length: " + 2 * MIB));
                connection.write(served.content, 0, MIB);
                connection.write(served.content, 0, MIB);
              }
            });

    DiskException failure = failure(() -> readAll(open(source(), server.url("/a.raw"))));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void anEndlessBodyIsRefusedAtTheLimit() throws IOException {
    byte[] chunk = new byte[64 * 1024];
    TestServer server =
        server(
            (request, connection) -> {
              connection.head(200, "Transfer-Encoding: chunked");
              while (request.method().equals("GET")) {
                connection.text(Integer.toHexString(chunk.length) + "\r\n");
                connection.write(chunk, 0, chunk.length);
                connection.text("\r\n");
              }
            });

    DiskException failure =
        failure(() -> readAll(open(source("size-limit", "20M"), server.url("/a.raw"))));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure)
        .hasMessageContaining("more than 20M bytes")
        .hasMessageContaining("size-limit");
  }

  @Test
  void anImageOfUnknownLengthArrives() throws IOException {
    Served served = Served.random(9, LENGTH);
    TestServer server =
        server(
            (request, connection) -> {
              connection.head(200, "Transfer-Encoding: chunked");
              if (request.method().equals("GET")) {
                connection.text(Integer.toHexString(LENGTH) + "\r\n");
                connection.write(served.content, 0, LENGTH);
                connection.text("\r\n0\r\n\r\n");
              }
            });
    ImageData data = open(source(), server.url("/a.raw"));

    assertThat(data.size()).isEmpty();
    assertThat(readAll(data)).isEqualTo(served.content);
  }

  @Test
  void anImageWhoseEndIsNotMarkedIsRefused() throws IOException {
    TestServer server =
        server(
            (request, connection) -> {
              connection.head(200, "Connection: close");
              if (request.method().equals("GET")) {
                connection.write(new byte[100], 0, 100);
              }
              connection.cut();
            });

    DiskException failure = failure(() -> readAll(open(source(), server.url("/a.raw"))));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("does not say how long it is");
  }

  @Test
  void theReaderMayStopAnywhere() throws Exception {
    Served served = Served.random(9, 40 * MIB);
    TestServer server = server(served);
    ImageSource source = source();
    ImageData data = open(source, server.url("/a.raw"));
    ImageStream stream = data.stream();
    ByteBuffer some = ByteBuffer.allocate(1000);

    assertThat(stream.read(some)).isPositive();
    stream.close();
    stream.close();
    data.close();
    source.close();

    server.awaitNoConnections();
    assertThat(Threads.ofTheSource()).isEmpty();
  }
}
