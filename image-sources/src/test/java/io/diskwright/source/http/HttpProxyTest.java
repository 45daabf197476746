package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Proxies come from the environment, and redirects cannot abuse them. */
class HttpProxyTest extends HttpTestBase {
  private final Served served = Served.random(6, 200_000);

  private static Proxies proxies(String... variables) {
    Map<String, String> environment = new java.util.HashMap<>();
    for (int i = 0; i < variables.length; i += 2) {
      environment.put(variables[i], variables[i + 1]);
    }
    return new Proxies(environment);
  }

  private static String find(Proxies proxies, String url) {
    return proxies.find(HttpUrl.parse(url)).map(Proxies.Proxy::toString).orElse("none");
  }

  @Test
  void eachSchemeHasAVariableInEitherCase() {
    Proxies proxies =
        proxies("http_proxy", "http://one:3128", "HTTPS_PROXY", "two:8080", "HTTP_PROXY", "three");

    assertThat(find(proxies, "http://a/")).isEqualTo("http://one:3128");
    assertThat(find(proxies, "https://a/")).isEqualTo("http://two:8080");
    assertThat(find(proxies("ALL_PROXY", "https://three/"), "http://a/"))
        .isEqualTo("https://three:443");
    assertThat(find(proxies(), "http://a/")).isEqualTo("none");
    assertThat(find(proxies("http_proxy", ""), "http://a/")).isEqualTo("none");
  }

  @ParameterizedTest
  @CsvSource({
    "'*', http://anything/, none",
    "'example.org', http://example.org/, none",
    "'example.org', http://a.example.org/, none",
    "'.example.org', http://a.example.org/, none",
    "'*.example.org', http://a.example.org/, none",
    "'example.org', http://notexample.org/, http://proxy:1",
    "'x, EXAMPLE.org', http://example.org/, none",
    "'10.0.0.0/8', http://10.1.2.3/, none",
    "'10.0.0.0/8', http://11.1.2.3/, http://proxy:1",
    "'127.0.0.1', http://127.0.0.1:8080/, none",
    "'host:80', http://host/, none",
    "'host:81', http://host/, http://proxy:1",
    "'[::1]', 'http://[::1]/', none",
    "'nonsense/8', http://10.1.2.3/, http://proxy:1"
  })
  void someHostsAreAskedDirectly(String noProxy, String url, String expected) {
    assertThat(find(proxies("http_proxy", "proxy:1", "no_proxy", noProxy), url))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"socks5://user:s3cret@host:1", "http://", "http://user:s3cret@host:x"})
  void aProxyThatCannotBeUsedIsNamedWithoutItsCredentials(String proxy) {
    environment.put("http_proxy", proxy);

    DiskException failure = failure(() -> resolve(source(), "http://host.test/a"));

    assertThat(failure.reason()).isEqualTo(Reason.CONFIGURATION);
    assertThat(failure).hasMessageContaining("http_proxy").hasMessageNotContaining("s3cret");
  }

  @Test
  void anImageComesThroughTheProxyWithItsCredentials() throws IOException {
    TestServer proxy = server(served);
    environment.put("http_proxy", "http://us%40er:s3cret@127.0.0.1:" + proxy.port());

    assertThat(readAll(open(source(), "http://images.test/a.raw?x=1"))).isEqualTo(served.content);

    String expected =
        Base64.getEncoder().encodeToString("us@er:s3cret".getBytes(StandardCharsets.UTF_8));
    assertThat(proxy.requests())
        .hasSize(2)
        .allMatch(request -> request.target().equals("http://images.test/a.raw?x=1"))
        .allMatch(request -> request.header("Host").orElse("").equals("images.test"))
        .allMatch(
            request ->
                request.header("Proxy-Authorization").orElse("").equals("Basic " + expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"private.test", "mixed.test", "127.0.0.1", "0x7f.1", "2130706433"})
  void aRedirectCannotHaveTheProxyAskPrivateAddresses(String host) throws IOException {
    lookup =
        name ->
            switch (name) {
              case "private.test" -> new InetAddress[] {ip(10, 0, 0, 1)};
              case "mixed.test" -> new InetAddress[] {ip(8, 8, 8, 8), ip(10, 0, 0, 1)};
              default -> Lookup.SYSTEM.addresses(name);
            };
    TestServer proxy =
        server(
            (request, connection) ->
                connection.empty(302, "Location: http://%s/secret".formatted(host)));
    environment.put("http_proxy", "127.0.0.1:" + proxy.port());

    DiskException failure = failure(() -> resolve(source(), "http://images.test/a.raw"));

    assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(proxy.requests()).hasSize(1);
  }

  private static InetAddress ip(int... bytes) throws java.net.UnknownHostException {
    byte[] address = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      address[i] = (byte) bytes[i];
    }
    return InetAddress.getByAddress(address);
  }

  @Test
  void aRedirectToAHostThatOnlyTheProxyKnowsIsFollowed() throws IOException {
    lookup =
        name -> {
          if (name.endsWith(".test")) {
            throw new java.net.UnknownHostException(name);
          }
          return Lookup.SYSTEM.addresses(name);
        };
    TestServer proxy =
        server(
            (request, connection) -> {
              if (request.target().equals("http://images.test/a.raw")) {
                connection.empty(302, "Location: http://mirror.test/a.raw");
              } else {
                served.answer(request, connection);
              }
            });
    environment.put("http_proxy", "127.0.0.1:" + proxy.port());

    assertThat(readAll(open(source(), "http://images.test/a.raw"))).isEqualTo(served.content);
  }

  @Test
  void aProxyThatWantsCredentialsSaysSo() throws IOException {
    TestServer proxy =
        server(
            (request, connection) ->
                connection.empty(407, "Proxy-Authenticate: Basic realm=\"x\""));
    environment.put("https_proxy", "http://127.0.0.1:" + proxy.port());
    environment.put("http_proxy", "http://u:s3cret@127.0.0.1:" + proxy.port());

    for (String url : new String[] {"http://images.test/a", "https://images.test/a"}) {
      DiskException failure = failure(() -> resolve(source(), url));

      assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
      assertThat(failure).hasMessageContaining("proxy").hasMessageNotContaining("s3cret");
    }
  }
}
