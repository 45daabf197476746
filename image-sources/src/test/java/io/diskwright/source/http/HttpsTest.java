package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates are verified, and https never becomes http. */
class HttpsTest extends HttpTestBase {
  @TempDir static Path folder;
  private static Certificate authority;
  private static Certificate another;

  private final Served served = Served.random(5, 2 * MIB);

  @BeforeAll
  static void makeCertificates() throws Exception {
    authority = Certificate.make(folder, "server");
    another = Certificate.make(folder, "another");
  }

  private TestServer secure(TestServer.Handler handler) throws Exception {
    return closing(TestServer.secure(authority.context(), handler));
  }

  @Test
  void anImageComesFromWhomTheFileTrusts() throws Exception {
    TestServer server = secure(served);

    assertThat(
            readAll(
                open(
                    source("ca-file", authority.pem().toString()),
                    server.urlBy("localhost", "/a.raw"))))
        .isEqualTo(served.content);
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefused() throws Exception {
    TestServer server = secure(served);

    for (String[] keys : new String[][] {{}, {"ca-file", another.pem().toString()}}) {
      DiskException failure =
          failure(() -> resolve(source(keys), server.urlBy("localhost", "/a.raw")));

      assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
      assertThat(failure).hasMessageContaining("not trusted").hasMessageContaining("ca-file");
    }
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aCertificateOfAnotherHostIsRefused() throws Exception {
    TestServer server = secure(served);
    lookup = name -> new InetAddress[] {InetAddress.getLoopbackAddress()};

    DiskException failure =
        failure(
            () ->
                resolve(
                    source("ca-file", authority.pem().toString()),
                    server.urlBy("other.test", "/a.raw")));

    assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(server.requests()).isEmpty();
  }

  @Test
  void aServerThatSpeaksNoTlsIsUnavailable() throws IOException {
    TestServer server = server(served);
    String url = server.url("/a.raw").replace("http:", "https:");

    DiskException failure = failure(() -> resolve(source(), url));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure.remedy()).isPresent();
  }

  @Test
  void aRedirectFromHttpsToHttpIsRefused() throws Exception {
    TestServer plain = server(served);
    TestServer server =
        secure(
            (request, connection) ->
                connection.empty(
                    302, "Location: " + plain.urlBy("localhost", "/a.raw?sig=s3cret")));

    DiskException failure =
        failure(
            () ->
                resolve(
                    source("ca-file", authority.pem().toString(), "redirect-allow", "localhost"),
                    server.urlBy("localhost", "/a.raw")));

    assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(failure)
        .hasMessageContaining("from https to http")
        .hasMessageNotContaining("s3cret");
    assertThat(plain.requests()).isEmpty();
  }

  @Test
  void aRedirectFromHttpToHttpsIsFollowed() throws Exception {
    TestServer secure = secure(served);
    TestServer server =
        server(
            (request, connection) ->
                connection.empty(302, "Location: " + secure.urlBy("secure.test", "/a.raw")));
    lookup = name -> new InetAddress[] {InetAddress.getLoopbackAddress()};

    assertThat(
            readAll(
                open(
                    source("ca-file", authority.pem().toString(), "redirect-allow", "secure.test"),
                    server.url("/a.raw"))))
        .isEqualTo(served.content);
  }

  @Test
  void aFileWithoutCertificatesIsAMistakeInTheConfiguration() throws IOException {
    Path empty = Files.createFile(folder.resolve("empty-" + System.nanoTime()));
    Path nonsense = Files.writeString(folder.resolve("nonsense.pem"), "nonsense");

    for (Path file : List.of(empty, nonsense, folder.resolve("missing"), folder)) {
      DiskException failure = failure(() -> source("ca-file", file.toString()));

      assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION);
      assertThat(failure).hasMessageContaining("ca-file");
    }
  }
}
