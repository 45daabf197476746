package io.diskwright.source.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageSource;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Redirects are followed as far as a server may lead us. */
class HttpRedirectTest extends HttpTestBase {
  private final Served served = Served.random(1, MIB);

  /** Redirects each path to what follows it in {@code to}; serves the image elsewhere. */
  private TestServer redirecting(String location) throws IOException {
    return server(
        (request, connection) -> {
          if (request.path().equals("/start")) {
            connection.empty(302, "Location: " + location);
          } else {
            served.answer(request, connection);
          }
        });
  }

  private static DiskException refused(ImageSource source, String url) {
    DiskException failure = failure(() -> resolve(source, url));
    assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
    assertThat(failure.resource()).isPresent();
    assertThat(failure.remedy()).isPresent();
    return failure;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "0177.0.0.1",
        "017700000001",
        "0",
        "0.0.0.0",
        "localhost",
        "LOCALHOST",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[2001::1]",
        "[fe80::1]",
        "[fc00::1]",
        "[fd12:3456::1]",
        "[fec0::1]",
        "[ff02::1]",
        "10.0.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.168.1.1",
        "169.254.169.254",
        "2852039166",
        "0xa9fea9fe",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "name.example"
      })
  void aServerCannotLeadToPrivateAddresses(String host) throws IOException {
    AtomicInteger reached = new AtomicInteger();
    TestServer target = server((request, connection) -> reached.incrementAndGet());
    lookup =
        name ->
            name.equals("name.example")
                ? new InetAddress[] {InetAddress.getLoopbackAddress()}
                : Lookup.SYSTEM.addresses(name);
    TestServer server =
        redirecting("http://%s:%d/image.raw?X-Amz-Signature=s3cret".formatted(host, target.port()));

    DiskException failure = failure(() -> resolve(source(), server.url("/start")));

    // A JDK may refuse the odd spellings itself, so that nothing is known of such a host.
    assertThat(failure.reason()).isIn(Reason.PERMISSION_DENIED, Reason.UNAVAILABLE);
    if (!host.matches("0.+")) {
      assertThat(failure.reason()).isEqualTo(Reason.PERMISSION_DENIED);
      assertThat(failure)
          .hasMessageContaining("redirects to")
          .hasMessageContaining("redirect-allow");
    }
    assertThat(failure).hasMessageNotContaining("s3cret");
    assertThat(reached).hasValue(0);
    assertThat(target.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.0.0.0/8", "allowed.test", "10.0.0.0/8, allowed.test"})
  void whereItIsAllowedAServerMayLeadThere(String allow) throws IOException {
    TestServer target = server(served);
    lookup = name -> new InetAddress[] {InetAddress.getLoopbackAddress()};
    TestServer server = redirecting(target.urlBy("allowed.test", "/image.raw"));
    ImageData data = open(source("redirect-allow", allow), server.url("/start"));

    assertThat(readAll(data)).isEqualTo(served.content);
    assertThat(server.requests()).as("it is asked once where the image is").hasSize(1);
  }

  @Test
  void whatIsAllowedByNameIsNotAllowedByAnother() throws IOException {
    lookup = name -> new InetAddress[] {InetAddress.getLoopbackAddress()};
    TestServer server = redirecting(server(served).urlBy("other.test", "/image.raw"));

    DiskException failure = refused(source("redirect-allow", "allowed.test"), server.url("/start"));

    assertThat(failure).hasMessageContaining("add 'other.test' to");
  }

  @Test
  void oneAddressAmongSeveralThatIsNotPublicIsNeverConnectedTo() throws Exception {
    TestServer target = server(served);
    AtomicInteger asked = new AtomicInteger();
    lookup =
        name -> {
          asked.incrementAndGet();
          return new InetAddress[] {
            InetAddress.getByAddress(name, new byte[] {127, 9, 9, 9}),
            InetAddress.getByAddress(name, new byte[] {127, 0, 0, 1})
          };
        };
    TestServer server = redirecting(target.urlBy("two.test", "/image.raw"));

    assertThat(resolve(source("redirect-allow", "127.0.0.1"), server.url("/start")).length())
        .hasValue(MIB);
    assertThat(asked).as("the name is looked up once, and that is connected to").hasValue(2);
  }

  @Test
  void anAddressThatChangesAfterTheCheckIsNotConnectedTo() throws IOException {
    AtomicInteger lookups = new AtomicInteger();
    TestServer target = server(served);
    lookup =
        name -> {
          if (!name.equals("rebinding.test")) {
            return Lookup.SYSTEM.addresses(name);
          }
          return new InetAddress[] {
            lookups.getAndIncrement() == 0
                ? InetAddress.getByAddress(name, new byte[] {10, 9, 9, 1})
                : InetAddress.getLoopbackAddress()
          };
        };
    TestServer server = redirecting(target.urlBy("rebinding.test", "/image.raw"));

    refused(source(), server.url("/start"));

    assertThat(lookups).hasValue(1);
    assertThat(target.requests()).isEmpty();
  }

  @Test
  void theAskerMayNameAPrivateAddress() throws IOException {
    assertThat(resolve(source(), server(served).url("/image.raw")).length()).hasValue(MIB);
  }

  /** A connection that the asker may have is no way past the check. */
  @Test
  void aConnectionThatIsOpenAlreadyIsNotUsedForARedirect() throws IOException {
    TestServer target = server(served);
    TestServer server = redirecting(target.url("/image.raw"));
    ImageSource source = source();
    assertThat(readAll(open(source, target.url("/image.raw")))).isEqualTo(served.content);

    refused(source, server.url("/start"));
  }

  @Test
  void aRedirectInACircleEnds() throws IOException {
    TestServer server =
        server(
            (request, connection) ->
                connection.empty(
                    307, "Location: " + (request.path().equals("/a") ? "/b" : "../a")));

    DiskException failure =
        failure(() -> resolve(source("redirect-allow", "127.0.0.0/8"), server.url("/a")));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("more than 5 redirects");
    assertThat(server.requests()).hasSize(6);
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void asManyRedirectsAsAllowedAreFollowed(int status) throws IOException {
    TestServer server =
        server(
            (request, connection) -> {
              int left = Integer.parseInt(request.path().substring(1));
              if (left > 0) {
                connection.empty(status, "Location: " + (left - 1) + "?x=y#z");
              } else {
                served.answer(request, connection);
              }
            });
    ImageSource source = source("redirect-allow", "127.0.0.1", "redirect-limit", "3");

    assertThat(resolve(source, server.url("/3")).length()).hasValue(MIB);
    assertThat(failure(() -> resolve(source, server.url("/4")))).isNotNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "ftp://host/a",
        "file:///etc/passwd",
        "gopher://host/",
        "http://",
        "http:///etc",
        "http://user:s3cret@host/",
        "http://host:99999/",
        "http://[::1/",
        "javascript:alert(1)"
      })
  void aRedirectToWhatIsNoHttpUrlIsRefused(String location) throws IOException {
    DiskException failure = refused(source(), redirecting(location).url("/start"));

    assertThat(failure).hasMessageNotContaining("s3cret");
  }

  @Test
  void aRedirectToAHostThatNobodyKnowsIsUnavailable() throws IOException {
    lookup =
        name -> {
          if (name.equals("gone.test")) {
            throw new UnknownHostException(name);
          }
          return Lookup.SYSTEM.addresses(name);
        };

    DiskException failure =
        failure(() -> resolve(source(), redirecting("http://gone.test/").url("/start")));

    assertThat(failure.reason()).isEqualTo(Reason.UNAVAILABLE);
    assertThat(failure).hasMessageContaining("gone.test");
  }

  /** Signed URLs to which servers lead are good for minutes only. */
  @Test
  void whereARedirectLedBeforeMayBeGone() throws IOException {
    AtomicInteger turn = new AtomicInteger(1);
    AtomicInteger cuts = new AtomicInteger();
    TestServer server =
        server(
            (request, connection) -> {
              if (request.path().equals("/start")) {
                connection.empty(302, "Location: /signed-" + turn.get());
              } else if (!request.path().equals("/signed-" + turn.get())) {
                connection.empty(403);
              } else if (request.method().equals("GET") && cuts.getAndIncrement() == 0) {
                served.begin(request, connection);
                connection.write(served.content, 0, 1000);
                turn.set(2);
                connection.cut();
              } else {
                served.answer(request, connection);
              }
            });
    ImageData data = open(source("redirect-allow", "127.0.0.1"), server.url("/start"));

    assertThat(readAll(data)).isEqualTo(served.content);
    assertThat(server.requests()).extracting(TestServer.Request::path).endsWith("/signed-2");
  }
}
