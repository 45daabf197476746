package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Certificates are verified, and https never becomes http. */
class HttpsTest extends HttpTestBase {
  private static final String PASSWORD = "password";

  @TempDir static Path folder;
  private static Path authority = Path.of("");
  private static Path another = Path.of("");

  private final Served served = Served.random(5, 2 * MIB);

  @BeforeAll
  static void makeCertificates() throws Exception {
    authority = certificate("server");
    another = certificate("another");
  }

  private static Path certificate(String name) throws Exception {
    Path store = folder.resolve(name + ".p12");
    Path pem = folder.resolve(name + ".pem");
    keytool(
        "-genkeypair",
        "-alias",
        name,
        "-keyalg",
        "EC",
        "-dname",
        "CN=" + name,
        "-validity",
        "2",
        "-ext",
        "san=dns:localhost,dns:secure.test",
        "-keystore",
        store.toString());
    keytool(
        "-exportcert",
        "-rfc",
        "-alias",
        name,
        "-keystore",
        store.toString(),
        "-file",
        pem.toString());
    return pem;
  }

  private static void keytool(String... arguments) throws Exception {
    List<String> command =
        new java.util.ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD));
    command.addAll(1, Arrays.asList(arguments));
    Process keytool = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (InputStream output = keytool.getInputStream()) {
      assertThat(keytool.waitFor())
          .as(new String(output.readAllBytes(), StandardCharsets.UTF_8))
          .isZero();
    }
  }

  private TestServer secure(TestServer.Handler handler) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream file = Files.newInputStream(folder.resolve("server.p12"))) {
      store.load(file, PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return closing(TestServer.secure(context, handler));
  }

  @Test
  void anImageComesFromWhomTheFileTrusts() throws Exception {
    TestServer server = secure(served);

    assertThat(
            readAll(
                open(source("ca-file", authority.toString()), server.urlBy("localhost", "/a.raw"))))
        .isEqualTo(served.content);
  }

  @Test
  void aCertificateThatNobodyTrustsIsRefused() throws Exception {
    TestServer server = secure(served);

    for (String[] keys : new String[][] {{}, {"ca-file", another.toString()}}) {
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
                    source("ca-file", authority.toString()), server.urlBy("other.test", "/a.raw")));

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
                    source("ca-file", authority.toString(), "redirect-allow", "localhost"),
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
                    source("ca-file", authority.toString(), "redirect-allow", "secure.test"),
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
