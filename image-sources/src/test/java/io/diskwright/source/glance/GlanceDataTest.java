package io.diskwright.source.glance;

import static io.diskwright.source.glance.TestCloud.ID;
import static io.diskwright.source.glance.TestCloud.TOKEN;
import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.source.http.TestServer;
import io.diskwright.source.http.TestServer.Request;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.spi.image.ImageStream;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An image's bytes come from Glance whatever happens to connections and tokens. */
class GlanceDataTest extends GlanceTestBase {
  private List<Request> dataRequests() {
    return server.requests().stream().filter(each -> each.path().endsWith("/file")).toList();
  }

  @Test
  void allBytesCome() throws DiskException {
    byte[] content = serves(3 * MIB + 5);

    ImageData data = openImage(source());

    assertThat(data.size()).hasValue(content.length);
    assertThat(readAll(data)).isEqualTo(content);
    assertThat(cloud.logins).hasSize(1);
  }

  @Test
  void bytesAreReadAtOffsets() throws DiskException {
    byte[] content = serves(3 * MIB);
    ByteBuffer bytes = ByteBuffer.allocate(1000);

    int read = openImage(source()).content().orElseThrow().read(2 * MIB, bytes);

    assertThat(read).isEqualTo(1000);
    assertThat(bytes.array())
        .isEqualTo(java.util.Arrays.copyOfRange(content, 2 * MIB, 2 * MIB + 1000));
  }

  @Test
  void aLargeImageComesOverSeveralConnections() throws DiskException {
    byte[] content = serves(40 * MIB, Map.of("checksum", "null", "os_hash_value", "null"));

    assertThat(readAll(openImage(source()))).isEqualTo(content);
    assertThat(dataRequests()).hasSizeGreaterThan(5);
    assertThat(dataRequests()).allMatch(each -> each.header("If-Range").isEmpty());
  }

  @Test
  void aStoreThatCannotReadFromTheMiddleIsReadFromTheStart() throws DiskException {
    byte[] content = serves(40 * MIB);
    cloud.ranges = false;
    AtomicInteger whole = new AtomicInteger();
    cloud.data =
        (request, connection) -> {
          if (whole.incrementAndGet() == 2) { // the first is to find out
            connection.write(content, cloud.begin(request, connection), 3 * MIB);
            connection.cut();
          } else {
            cloud.sendData(request, connection);
          }
        };

    ImageData data = openImage(source());

    assertThat(data.content()).isEmpty();
    assertThat(readAll(data)).isEqualTo(content);
    assertThat(dataRequests().stream().filter(Request::asksForPart)).hasSize(1);
    assertThat(whole).hasValue(3);
  }

  @Test
  void anOpenGlanceIsSentNoToken() throws DiskException {
    byte[] content = serves(MIB);
    cloud.asksForTokens = false;

    ImageSource source = anonymous();

    assertThat(readAll(closing(source.open(resolve(source, ID), CALL)))).isEqualTo(content);
    assertThat(server.requests()).noneMatch(each -> each.header("X-Auth-Token").isPresent());
  }

  @Test
  void aGlanceThatIsNotOpenSaysWhatToConfigure() {
    byte[] unused = serves(MIB);

    DiskException failure = failure(() -> resolve(anonymous(), ID));

    assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(failure).hasMessageContaining("asks for a token").hasMessageContaining("OS_CLOUD");
  }

  @Test
  void aCutIsGoneOnFromWithoutAnyEtag() throws DiskException {
    byte[] content = serves(5 * MIB);
    AtomicInteger whole = new AtomicInteger();
    cloud.data =
        (request, connection) -> {
          if (!request.asksForPart() && whole.getAndIncrement() == 0) {
            connection.write(content, cloud.begin(request, connection), 2 * MIB);
            connection.cut();
          } else {
            cloud.sendData(request, connection);
          }
        };

    assertThat(readAll(openImage(source()))).isEqualTo(content);
    assertThat(dataRequests()).last().satisfies(each -> assertThat(each.from()).isPositive());
  }

  @Test
  void aBusyGlanceIsWaitedFor() throws DiskException {
    byte[] content = serves(MIB);
    AtomicInteger requests = new AtomicInteger();
    cloud.data =
        (request, connection) -> {
          if (requests.getAndIncrement() % 2 == 0) {
            connection.empty(503, "Retry-After: 0");
          } else {
            cloud.sendData(request, connection);
          }
        };

    assertThat(readAll(openImage(source()))).isEqualTo(content);
    assertThat(requests).hasValueGreaterThanOrEqualTo(4);
  }

  /** Sends the first MiB of what is asked for, spoils all tokens, and cuts; once. */
  private TestServer.Handler spoilingTokens(byte[] content, long first) {
    AtomicInteger whole = new AtomicInteger();
    return (request, connection) -> {
      if (!request.asksForPart() && whole.getAndIncrement() == 0) {
        connection.write(content, cloud.begin(request, connection), first);
        cloud.good.clear();
        connection.cut();
      } else {
        cloud.sendData(request, connection);
      }
    };
  }

  @Test
  void aTokenThatIsRefusedInTheMiddleIsRenewed() throws DiskException {
    byte[] content = serves(5 * MIB);
    cloud.data = spoilingTokens(content, 2 * MIB);

    assertThat(readAll(openImage(source()))).isEqualTo(content);
    assertThat(cloud.logins).hasSize(2);
    assertThat(dataRequests())
        .last()
        .satisfies(each -> assertThat(each.header("X-Auth-Token")).hasValue(TOKEN + 2));
  }

  /** As when Glance, or Keystone, has just been started again. */
  @Test
  void aNewTokenThatIsRefusedInTheMiddleIsTriedAgain() throws DiskException {
    byte[] content = serves(5 * MIB);
    AtomicInteger requests = new AtomicInteger();
    TestServer.Handler spoiling = spoilingTokens(content, 2 * MIB);
    cloud.data =
        (request, connection) -> {
          int number = requests.getAndIncrement();
          if (number > 1 && number < 5) { // after the probe, and what is cut
            connection.empty(401);
          } else {
            spoiling.answer(request, connection);
          }
        };

    assertThat(readAll(openImage(source()))).isEqualTo(content);
    assertThat(requests).hasValueGreaterThan(5);
  }

  @Test
  void severalConnectionsRenewATokenOnce() throws DiskException {
    byte[] content = serves(40 * MIB);
    AtomicInteger requests = new AtomicInteger();
    cloud.data =
        (request, connection) -> {
          if (requests.incrementAndGet() == 6) {
            cloud.good.clear();
            connection.cut();
          } else {
            cloud.sendData(request, connection);
          }
        };

    assertThat(readAll(openImage(source()))).isEqualTo(content);
    assertThat(cloud.logins).hasSize(2);
  }

  @Test
  void aTokenThatIsNeverTakenIsNotAskedForWithoutEnd() throws DiskException {
    byte[] unused = serves(MIB);
    ImageSource source = source();
    Image image = resolve(source, ID);
    cloud.data = (request, connection) -> connection.empty(401);

    DiskException failure = failure(() -> source.open(image, CALL));

    assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(cloud.logins).hasSizeLessThanOrEqualTo(4);
  }

  @Test
  void aPasswordThatIsChangedInTheMiddleEndsIt() throws DiskException {
    byte[] content = serves(5 * MIB);
    cloud.data = spoilingTokens(content, 2 * MIB);
    ImageData data = openImage(source());
    cloud.loginStatus = 401;

    DiskException failure = failure(() -> readAll(data));

    assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(failure).hasMessageContaining("Keystone gives no token for the password");
  }

  @ParameterizedTest
  @CsvSource({
    "404, deleted, NOT_FOUND",
    "403, deactivated, PERMISSION_DENIED",
    "403, active, PERMISSION_DENIED",
    "410, deleted, NOT_FOUND",
    "404, active, NOT_FOUND",
    "204, queued, UNAVAILABLE",
    "204, active, UNAVAILABLE",
    "400, active, UNAVAILABLE"
  })
  void whatBecameOfTheImageMeanwhileIsTold(int status, String becomes, Reason reason)
      throws DiskException {
    byte[] unused = serves(MIB);
    ImageSource source = source();
    Image image = resolve(source, ID);
    cloud.data = (request, connection) -> connection.empty(status);
    cloud.has(ID, Map.of("status", TestCloud.quoted(becomes)));

    DiskException failure = failure(() -> source.open(image, CALL));

    assertThat(failure.reason()).isEqualTo(reason);
    if (!becomes.equals("active")) {
      assertThat(failure).hasMessageContaining("is " + becomes);
    }
  }

  @Test
  void anImageThatIsGoneInTheMiddleIsNotFound() throws DiskException {
    byte[] content = serves(5 * MIB);
    AtomicInteger whole = new AtomicInteger();
    cloud.data =
        (request, connection) -> {
          if (request.asksForPart() && whole.get() > 0) {
            connection.empty(404);
          } else if (request.asksForPart()) {
            cloud.sendData(request, connection);
          } else {
            whole.incrementAndGet();
            connection.write(content, cloud.begin(request, connection), 2 * MIB);
            cloud.records.clear();
            connection.cut();
          }
        };
    ImageData data = openImage(source());

    assertThat(failure(() -> readAll(data)).reason()).isEqualTo(Reason.NOT_FOUND);
  }

  @Test
  void anImageOfAnotherLengthThanItsRecordSaysIsRefused() {
    byte[] unused = serves(MIB, Map.of("size", "1000"));

    DiskException failure = failure(() -> openImage(source()));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("1000").hasMessageContaining("1048576");
  }

  @ParameterizedTest
  @CsvSource({"size-limit, 1K, size-limit", "size-limit, 16T, empty"})
  void anImageThatIsTooLargeOrEmptyIsRefused(String key, String value, String words) {
    byte[] unused = serves(words.equals("empty") ? 0 : MIB);

    DiskException failure = failure(() -> openImage(source(key, value)));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining(words);
    assertThat(dataRequests()).isEmpty();
  }

  @Test
  void aRedirectIsNotFollowedAndGetsNoToken() throws Exception {
    byte[] unused = serves(MIB);
    TestServer elsewhere =
        closing(TestServer.start((request, connection) -> connection.empty(200)));
    cloud.data = (request, connection) -> connection.empty(302, "Location: " + elsewhere.url("/"));

    DiskException failure = failure(() -> openImage(source()));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(elsewhere.requests()).isEmpty();
  }

  @Test
  void readingEndsWhenItIsClosed() throws DiskException {
    byte[] content = serves(40 * MIB);
    cloud.data =
        (request, connection) -> {
          if (request.asksForPart()) {
            cloud.sendData(request, connection);
          } else {
            connection.write(content, cloud.begin(request, connection), MIB);
            connection.awaitEnd();
          }
        };
    ImageData data = openImage(source());
    ImageStream stream = data.stream();
    ByteBuffer buffer = ByteBuffer.allocate(1000);

    assertThat(stream.read(buffer)).isPositive();
    data.close();

    assertThat(failure(() -> readAll(stream)).reason()).isEqualTo(Reason.CANCELLED);
  }
}
