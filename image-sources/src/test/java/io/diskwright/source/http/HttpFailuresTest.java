package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a server says of an image, and what it means when it says no. */
class HttpFailuresTest extends HttpTestBase {
  private final Served served = Served.random(2, 100_000);

  @ParameterizedTest
  @CsvSource({
    "400, UNAVAILABLE",
    "401, PERMISSION_DENIED",
    "403, PERMISSION_DENIED",
    "404, NOT_FOUND",
    "407, PERMISSION_DENIED",
    "410, NOT_FOUND",
    "418, UNAVAILABLE",
    "429, UNAVAILABLE",
    "500, UNAVAILABLE",
    "502, UNAVAILABLE",
    "503, UNAVAILABLE",
    "504, UNAVAILABLE",
    "505, UNAVAILABLE",
    "300, UNAVAILABLE",
    "304, UNAVAILABLE"
  })
  void aStatusHasAReason(int status, Reason reason) throws IOException {
    TestServer server = server((request, connection) -> connection.empty(status));
    String url = server.url("/a.raw?x=1&sig=s3cret");

    DiskException failure = failure(() -> resolve(source(), url));

    assertThat(failure.reason()).isEqualTo(reason);
    assertThat(failure).hasMessageContaining(status + " Whatever");
    assertThat(failure.resource()).hasValue(server.url("/a.raw?x=1&***"));
    assertThat(failure.remedy()).isPresent();
    assertThat(failure).hasMessageNotContaining("s3cret");
  }

  @ParameterizedTest
  @ValueSource(ints = {429, 500, 503})
  void whatPassesIsTriedAgain(int status) throws IOException {
    AtomicInteger requests = new AtomicInteger();
    TestServer server =
        server(
            (request, connection) -> {
              if (requests.getAndIncrement() % 2 == 0) {
                connection.empty(status, "Retry-After: 0");
              } else {
                served.answer(request, connection);
              }
            });

    assertThat(readAll(open(source(), server.url("/a.raw")))).isEqualTo(served.content);
  }

  @Test
  void aServerMaySayWhenToComeBack() throws IOException {
    AtomicInteger requests = new AtomicInteger();
    TestServer server =
        server(
            (request, connection) -> {
              if (requests.getAndIncrement() == 0) {
                connection.empty(503, "Retry-After: 1");
              } else {
                served.answer(request, connection);
              }
            });
    long before = System.nanoTime();

    assertThat(resolve(source(), server.url("/a.raw")).length()).hasValue(100_000);
    assertThat(System.nanoTime() - before).isGreaterThanOrEqualTo(1_000_000_000L);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Retry-After: 3600",
        "Retry-After: 999999999",
        "Date: Mon, 02 Feb 2026 10:00:00 GMT\r\nRetry-After: Mon, 02 Feb 2026 11:00:00 GMT"
      })
  void whoShouldComeBackAfterTheDeadlineIsToldAtOnce(String header) throws IOException {
    TestServer server = server((request, connection) -> connection.empty(503, header));

    DiskException failure = failure(() -> resolve(source(), server.url("/a.raw")));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("503").hasMessageContaining("come back in");
    assertThat(server.requests()).hasSize(1);
  }

  @Test
  void aPortWhereNobodyListensIsUnavailable() throws IOException {
    int port;
    try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = closed.getLocalPort();
    }

    DiskException failure = failure(() -> resolve(source(), "http://127.0.0.1:" + port + "/a"));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure.remedy()).isPresent();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http:",
        "http://",
        "http:///a",
        "http://:80/a",
        "https:a.raw",
        "http://host:0/a",
        "http://host:65536/a",
        "http://[::1/a",
        "http://user@host/a",
        "http://user:s3cret@host/a",
        "http://:s3cret@host/a",
        "http://host/a\nb"
      })
  void whatIsNoUrlOrHasAPasswordIsInvalid(String reference) {
    DiskException failure = failure(() -> resolve(source(), reference));

    assertThat(failure.reason()).isEqualTo(Reason.INVALID_REQUEST);
    assertThat(failure).hasMessageNotContaining("s3cret");
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void whatAServerSaysOfAnImage() throws IOException {
    TestServer server = server(served);
    String url = server.url("/folder/../a%20b.raw#fragment");

    Image image = source().resolve(ImageRequest.of(url).withFormat(DiskFormat.RAW), CALL);

    assertThat(image.source()).isEqualTo("http");
    assertThat(image.id()).isEqualTo(server.url("/a%20b.raw"));
    assertThat(image.validator()).hasValue("etag:\"v1\"");
    assertThat(image.length()).hasValue(100_000);
    assertThat(image.format()).hasValue(DiskFormat.RAW);
    assertThat(image.digest()).isEmpty();
    assertThat(server.requests())
        .singleElement()
        .satisfies(
            request -> {
              assertThat(request.method()).isEqualTo("HEAD");
              assertThat(request.target()).isEqualTo("/a%20b.raw");
              assertThat(request.header("User-Agent").orElseThrow()).startsWith("diskwright/");
              assertThat(request.header("Accept-Encoding")).hasValue("identity");
              assertThat(request.header("Upgrade")).isEmpty();
            });
  }

  @Test
  void theValidatorIsTheBestThatThereIs() throws IOException {
    TestServer server = server(served);
    ImageSource source = source();

    served.tag = "W/\"weak\"";
    assertThat(resolve(source, server.url("/a")).validator())
        .hasValue("modified:Mon, 01 Jan 2024 10:00:00 GMT:100000");
    served.dated = false;
    assertThat(resolve(source, server.url("/a")).validator()).isEmpty();
    served.tag = "no tag at all";
    assertThat(resolve(source, server.url("/a")).validator()).isEmpty();
    served.tag = "\"" + "x".repeat(1000) + "\"";
    assertThat(resolve(source, server.url("/a")).validator()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {401, 403, 405, 501})
  void whereHeadIsRefusedTheFirstByteIsAskedFor(int status) throws IOException {
    TestServer server =
        server(
            (request, connection) -> {
              if (request.method().equals("HEAD")) {
                connection.empty(status);
              } else {
                served.answer(request, connection);
              }
            });

    Image image = resolve(source(), server.url("/a.raw"));

    assertThat(image.length()).hasValue(100_000);
    assertThat(image.validator()).hasValue("etag:\"v1\"");
    assertThat(server.requests().get(1).header("Range")).hasValue("bytes=0-0");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anEmptyFileIsNoImage(boolean ranges) throws IOException {
    TestServer server =
        server(
            (request, connection) -> {
              if (request.asksForPart() && ranges) {
                connection.empty(416, "Content-Range: bytes */0");
              } else {
                connection.empty(200);
              }
            });

    DiskException failure = failure(() -> resolve(source(), server.url("/a.raw")));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("empty");
  }

  @Test
  void anImageAboveTheLimitIsRefusedBeforeItIsFetched() throws IOException {
    TestServer server = server(served);

    DiskException failure =
        failure(() -> resolve(source("size-limit", "64K"), server.url("/a.raw")));

    assertThat(failure.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(failure).hasMessageContaining("100000 bytes").hasMessageContaining("64K");
    assertThat(server.count("GET")).isZero();
  }

  @Test
  void signaturesAreSentButNotPartOfTheImagesId() throws IOException {
    TestServer server = server(served);
    String query = "?versionId=3&X-Amz-Signature=one&X-Amz-Date=1";
    String fresh = "?versionId=3&X-Amz-Signature=two&X-Amz-Date=2&X-Amz-Security-Token=t";
    ImageSource source = source();

    Image one = resolve(source, server.url("/a.raw" + query));
    Image two = resolve(source, server.url("/a.raw" + fresh));

    assertThat(one.id()).isEqualTo(server.url("/a.raw?versionId=3&***"));
    assertThat(two.id()).isEqualTo(one.id());
    assertThat(two.validator()).isEqualTo(one.validator());
    assertThat(readAll(closing(source.open(two.withFormat(DiskFormat.RAW), CALL))))
        .isEqualTo(served.content);
    assertThat(server.requests()).extracting(TestServer.Request::target).endsWith("/a.raw" + fresh);
  }

  private ImageRequest withList(TestServer server, String path) {
    return ImageRequest.of(server.url(path)).withDigestFile("SHA256SUMS");
  }

  private TestServer withList(String list) throws IOException {
    byte[] bytes = list.getBytes(StandardCharsets.UTF_8);
    return server(
        (request, connection) -> {
          if (request.path().equals("/folder/SHA256SUMS")) {
            connection.head(200, "Content-Length: " + bytes.length);
            connection.write(bytes, 0, bytes.length);
          } else if (request.path().startsWith("/folder/a")) {
            served.answer(request, connection);
          } else {
            connection.empty(404);
          }
        });
  }

  @Test
  void aListBesideTheImageHasItsDigest() throws Exception {
    String hex =
        HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(served.content));
    TestServer server = withList("0".repeat(64) + "  other\n" + hex + " *a b.raw\n");
    ImageSource source = source();

    Image image = source.resolve(withList(server, "/folder/a%20b.raw?token=t"), CALL);

    assertThat(image.digest()).hasValue(new Digest("sha256", hex));
    assertThat(image.validator()).hasValue("sha256:" + hex);
    assertThat(server.requests())
        .singleElement()
        .satisfies(request -> assertThat(request.target()).isEqualTo("/folder/SHA256SUMS?token=t"));
    assertThat(readAll(closing(source.open(image, CALL)))).isEqualTo(served.content);
  }

  @Test
  void aListThatDoesNotHaveTheImageOrIsNotThereOrTooLongIsRefused() throws IOException {
    TestServer without = withList("nothing");
    TestServer tooLong = withList("x".repeat(MIB + 1));

    DiskException missing =
        failure(() -> source().resolve(withList(without, "/folder/a.raw"), CALL));
    DiskException noList = failure(() -> source().resolve(withList(without, "/a.raw"), CALL));
    DiskException long1 = failure(() -> source().resolve(withList(tooLong, "/folder/a"), CALL));

    assertThat(missing.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(missing).hasMessageContaining("a.raw").hasMessageContaining("SHA256SUMS");
    assertThat(noList.reason()).isEqualTo(Reason.NOT_FOUND);
    assertThat(noList).hasMessageContaining("SHA256SUMS");
    assertThat(long1.reason()).isEqualTo(Reason.IMAGE_UNACCEPTABLE);
    assertThat(long1).hasMessageContaining("more than");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../SHA256SUMS", "/etc/passwd", "", "..", "a/b", "a\\b"})
  void aListIsAFileBesideTheImage(String name) {
    DiskException failure =
        failure(
            () ->
                source()
                    .resolve(ImageRequest.of("http://127.0.0.1/a.raw").withDigestFile(name), CALL));

    assertThat(failure.reason()).isEqualTo(Reason.INVALID_REQUEST);
  }

  @Test
  void aCallThatIsOverContactsNobody() throws IOException {
    TestServer server = server(served);
    Call over = Call.within(Duration.ZERO);

    DiskException failure =
        failure(() -> source().resolve(ImageRequest.of(server.url("/a.raw")), over));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(server.requests()).isEmpty();
  }
}
