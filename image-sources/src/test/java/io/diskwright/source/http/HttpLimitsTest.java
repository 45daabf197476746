package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.call.Cancellation;
import io.diskwright.spi.call.Deadline;
import io.diskwright.spi.call.Progress;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Nothing waits for a server, or for a name server, longer than it was allowed to. */
class HttpLimitsTest extends HttpTestBase {
  private final Served served = Served.random(3, 40 * MIB);
  private final CountDownLatch stuck = new CountDownLatch(1);

  /** Where a server, or a name server, goes silent. */
  enum Silence {
    LOOKUP,
    HEAD,
    RANGE,
    HEAD_OF_GET,
    BODY
  }

  /** What ends the wait. */
  enum Ending {
    DEADLINE,
    CANCELLATION,
    INTERRUPT
  }

  private TestServer silentAt(Silence silence) throws IOException {
    if (silence == Silence.LOOKUP) {
      lookup =
          name -> {
            stuck.countDown();
            new CountDownLatchWait().forever();
            return Lookup.SYSTEM.addresses(name);
          };
    }
    served.saysRanges = silence != Silence.RANGE;
    return server(
        (request, connection) -> {
          boolean get = request.method().equals("GET");
          boolean silent =
              switch (silence) {
                case LOOKUP -> false;
                case HEAD -> !get;
                case RANGE, HEAD_OF_GET -> get;
                case BODY -> get && request.from() > 0;
              };
          if (silent && silence == Silence.BODY) {
            long unused = served.begin(request, connection);
          }
          if (silent) {
            stuck.countDown();
            connection.awaitEnd();
          } else {
            served.answer(request, connection);
          }
        });
  }

  /** Waits until it is interrupted. */
  private static final class CountDownLatchWait {
    void forever() {
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Silence.class)
  void theDeadlineEndsIt(Silence silence) throws Exception {
    endsBy(Ending.DEADLINE, silence);
  }

  @ParameterizedTest
  @EnumSource(Silence.class)
  void aCancellationEndsIt(Silence silence) throws Exception {
    endsBy(Ending.CANCELLATION, silence);
  }

  @ParameterizedTest
  @EnumSource(Silence.class)
  void anInterruptEndsIt(Silence silence) throws Exception {
    endsBy(Ending.INTERRUPT, silence);
  }

  private void endsBy(Ending ending, Silence silence) throws Exception {
    TestServer server = silentAt(silence);
    Cancellation cancellation = new Cancellation();
    Duration most = ending == Ending.DEADLINE ? Duration.ofSeconds(1) : Duration.ofMinutes(10);
    Call call = Call.of(Deadline.after(most), cancellation, Progress.NONE);
    ImageSource source = source();
    Thread reader = Thread.currentThread();
    Thread ender =
        new Thread(
            () -> {
              try {
                stuck.await();
                switch (ending) {
                  case DEADLINE -> throw new AssertionError("it ends by itself");
                  case CANCELLATION -> cancellation.cancel();
                  case INTERRUPT -> reader.interrupt();
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            });
    if (ending != Ending.DEADLINE) {
      ender.start();
    }

    DiskException failure = failure(() -> readWith(source, server.urlBy("localhost", "/a"), call));

    assertThat(Thread.interrupted()).isEqualTo(ending == Ending.INTERRUPT);
    ender.join();
    assertThat(failure.reason())
        .isEqualTo(ending == Ending.DEADLINE ? Reason.UNAVAILABLE : Reason.CANCELLED);
    source.close();
    server.awaitNoConnections();
    assertThat(Threads.ofTheSource()).isEmpty();
  }

  @Test
  void aConnectionMadeAfterItsCallHasEndedIsClosed() throws Exception {
    CountDownLatch ended = new CountDownLatch(1);
    Cancellation cancellation = new Cancellation();
    lookup =
        name -> {
          cancellation.cancel();
          awaitUninterrupted(ended);
          return Lookup.SYSTEM.addresses(name);
        };
    TestServer server = server(served);
    Call call = Call.of(Deadline.after(Duration.ofMinutes(10)), cancellation, Progress.NONE);
    ImageSource source = source();

    DiskException failure = failure(() -> readWith(source, server.urlBy("localhost", "/a"), call));
    ended.countDown();

    assertThat(failure.reason()).isEqualTo(Reason.CANCELLED);
    server.awaitConnection();
    server.awaitNoConnections();
    assertThat(server.requests()).isEmpty();
  }

  private static void awaitUninterrupted(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void readWith(ImageSource source, String url, Call call) throws DiskException {
    Image image = source.resolve(ImageRequest.of(url), call);
    ByteBuffer buffer = ByteBuffer.allocate(MIB);
    try (ImageData data = source.open(image, call);
        ImageStream stream = data.stream()) {
      while (stream.read(buffer) >= 0) {
        buffer.clear();
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Silence.class,
      names = {"HEAD", "RANGE", "HEAD_OF_GET", "BODY"})
  void aStalledServerIsGivenUp(Silence silence) throws IOException {
    TestServer server = silentAt(silence);
    ImageSource source = source("stall-timeout", "100ms");

    DiskException failure = failure(() -> readWith(source, server.url("/a"), CALL));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("sent nothing");
  }

  @Test
  void aSlowServerIsWaitedFor() throws Exception {
    Served small = Served.random(4, 200);
    TestServer server =
        server(
            (request, connection) -> {
              if (request.method().equals("HEAD")) {
                small.answer(request, connection);
                return;
              }
              small.begin(request, connection);
              for (int i = 0; i < small.content.length; i++) {
                connection.write(small.content, i, i + 1);
              }
            });

    assertThat(readAll(open(source("stall-timeout", "10s"), server.url("/a"))))
        .isEqualTo(small.content);
  }

  @Test
  void closingTheImageEndsWhatIsUnderWay() throws Exception {
    TestServer server = silentAt(Silence.BODY);
    ImageSource source = source();
    ImageData data = source.open(resolve(source, server.url("/a")), CALL);
    ImageStream stream = data.stream();
    stuck.await();

    data.close();

    DiskException failure = failure(() -> stream.read(ByteBuffer.allocate(MIB)));
    assertThat(failure.reason()).isEqualTo(Reason.CANCELLED);
    stream.close();
    source.close();
    server.awaitNoConnections();
    assertThat(Threads.ofTheSource()).isEmpty();
  }
}
