package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import io.diskwright.spi.image.ImageData;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of an image are read by few and small requests. */
class HttpContentTest extends HttpTestBase {
  private static final int LENGTH = 5 * MIB + 321;

  private final Served served = Served.random(1, LENGTH);

  private void assertReads(Content content, long offset, int length) throws DiskException {
    ByteBuffer buffer = ByteBuffer.allocate(length);
    int expected = (int) Math.max(0, Math.min(length, LENGTH - offset));

    assertThat(content.read(offset, buffer)).isEqualTo(expected);

    assertThat(buffer.position()).isEqualTo(expected);
    int from = (int) Math.min(offset, LENGTH);
    assertThat(Arrays.copyOf(buffer.array(), expected))
        .isEqualTo(Arrays.copyOfRange(served.content, from, from + expected));
  }

  @Test
  void anyRangeIsRead() throws IOException {
    Content content = open(source(), server(served).url("/a")).content().orElseThrow();
    Random random = new Random(5);

    assertThat(content.size()).isEqualTo(LENGTH);
    assertThat(content.path()).isEmpty();
    assertThat(content.extentAt(7)).isEqualTo(new Extent(7, LENGTH - 7, Extent.Kind.DATA));
    assertReads(content, 0, LENGTH);
    assertReads(content, LENGTH, 10);
    assertReads(content, LENGTH + 10L, 10);
    assertReads(content, LENGTH - 1, 10);
    for (int i = 0; i < 200; i++) {
      assertReads(content, random.nextInt(LENGTH + 100), 1 + random.nextInt(i < 150 ? 5000 : MIB));
    }
  }

  @Test
  void manySmallReadsAreFewRequests() throws IOException {
    TestServer server = server(served);
    Content content = open(source(), server.url("/a")).content().orElseThrow();

    for (int at = 0; at < MIB; at += 512) {
      assertReads(content, at, 512);
    }
    assertReads(content, 0, 512);

    assertThat(server.count("GET")).isLessThanOrEqualTo(7);
  }

  @Test
  void lookingAtTheBeginAndTheEndReadsLittle() throws IOException {
    TestServer server = server(served);
    Content content = open(source(), server.url("/a")).content().orElseThrow();

    assertReads(content, 0, 4096);
    assertReads(content, LENGTH - 512, 512);

    assertThat(server.count("GET")).isEqualTo(2);
    assertThat(server.requests().get(1).end(LENGTH)).isLessThanOrEqualTo(64 * 1024);
    assertThat(LENGTH - server.requests().get(2).from()).isLessThanOrEqualTo(2 * 64 * 1024);
    assertThat(server.requests().subList(1, 3))
        .allMatch(request -> request.header("If-Range").orElse("").equals("\"v1\""));
  }

  @Test
  void severalThreadsMayRead() throws IOException {
    Content content = open(source(), server(served).url("/a")).content().orElseThrow();

    assertThat(
            IntStream.range(0, 64)
                .parallel()
                .filter(
                    i -> {
                      try {
                        assertReads(content, (long) i * 70_000, 50_000);
                        return true;
                      } catch (DiskException e) {
                        throw new AssertionError(e);
                      }
                    })
                .count())
        .isEqualTo(64);
  }

  @Test
  void whereNoPartsAreServedThereIsNoContent() throws IOException {
    ImageData data = open(source(), server(served.withoutRanges()).url("/a"));

    assertThat(data.content()).isEmpty();
    assertThat(data.size()).hasValue(LENGTH);
  }

  @Test
  void aServerThatDoesRangesButDoesNotSaySoIsFoundOut() throws IOException {
    served.saysRanges = false;
    ImageData data = open(source(), server(served).url("/a"));

    assertReads(data.content().orElseThrow(), 12345, 678);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes 0-99/5243201", "bytes 65536-131072/5243201", "bytes 1-2", "", "x"})
  void anotherRangeThanWasAskedForIsRefused(String range) throws IOException {
    TestServer server =
        server(
            (request, connection) -> {
              if (request.method().equals("HEAD")) {
                served.answer(request, connection);
              } else {
                connection.head(206, "Content-Length: 100", "Content-Range: " + range);
                connection.write(served.content, 0, 100);
              }
            });
    Content content = open(source(), server.url("/a")).content().orElseThrow();

    DiskException failure = failure(() -> assertReads(content, 65536, 10));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void anImageThatShrinksIsRefused() throws IOException {
    TestServer server =
        server(
            (request, connection) -> {
              if (request.method().equals("HEAD")) {
                served.answer(request, connection);
              } else {
                connection.empty(416, "Content-Range: bytes */10");
              }
            });
    Content content = open(source(), server.url("/a")).content().orElseThrow();

    DiskException failure = failure(() -> assertReads(content, 65536, 10));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("changed");
  }

  @Test
  void closingEndsWhatIsBeingRead() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    TestServer server =
        server(
            (request, connection) -> {
              if (request.method().equals("HEAD")) {
                served.answer(request, connection);
              } else {
                asked.countDown();
                connection.awaitEnd();
              }
            });
    ImageData data = open(source(), server.url("/a"));
    Content content = data.content().orElseThrow();
    Thread closer =
        new Thread(
            () -> {
              try {
                asked.await();
                data.close();
              } catch (InterruptedException | DiskException e) {
                throw new AssertionError(e);
              }
            });
    closer.start();

    DiskException failure = failure(() -> assertReads(content, 0, 10));

    closer.join();
    assertThat(failure.reason()).isEqualTo(Reason.CANCELLED);
  }

  @Test
  void nothingIsReadAfterClose() throws IOException {
    ImageData data = open(source(), server(served).url("/a"));
    Content content = data.content().orElseThrow();
    data.close();
    data.close();

    assertThatIllegalStateException().isThrownBy(() -> content.read(0, ByteBuffer.allocate(10)));
    assertThatIllegalStateException().isThrownBy(data::stream);
  }
}
