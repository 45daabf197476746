package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.util.Set;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;

/** What it means that a request did not work, and what to do about it. */
final class Failures {
  private static final Set<Integer> PASSING_STATUS = Set.of(408, 425, 429, 500, 502, 503, 504);

  private Failures() {}

  /** Returns whether it may help to ask again after a status. */
  static boolean passes(int status) {
    return PASSING_STATUS.contains(status);
  }

  /** Returns what a status other than success and redirect means. */
  static Setback status(Response response, String tried) {
    int status = response.status();
    String said = "the server answered " + response.statusLine();
    DiskException.Builder failure =
        switch (status) {
          case 404, 410 ->
              failure(Reason.NOT_FOUND, tried, response.place())
                  .said(said)
                  .remedy("check the URL: nothing is there");
          case 401, 403 ->
              failure(Reason.PERMISSION_DENIED, tried, response.place())
                  .said(said)
                  .remedy("name a URL that may be read without logging in, such as a signed one");
          case 407 ->
              failure(Reason.PERMISSION_DENIED, tried, response.place())
                  .said("the proxy answered " + response.statusLine())
                  .remedy("put the proxy's user and password into http_proxy and https_proxy");
          default ->
              failure(Reason.UNAVAILABLE, tried, response.place())
                  .said(said)
                  .remedy(
                      PASSING_STATUS.contains(status)
                          ? "try again later, or use another server"
                          : "check the URL, or use another server");
        };
    Setback.Kind kind = PASSING_STATUS.contains(status) ? Setback.Kind.PASSING : Setback.Kind.FINAL;
    return new Setback(kind, failure.build(), response.retryAfter().orElse(null));
  }

  /** Returns what an exception of the network means. */
  static Setback network(IOException e, Place place, String tried, String source) {
    if (e instanceof NotPublicException refused) {
      String said = "the server redirects to " + refused.getMessage();
      String host = refused.host();
      return refused(
          tried,
          place,
          said,
          "add '%s' to sources.%s.redirect-allow, if you trust it".formatted(host, source));
    }
    if (e instanceof UnknownHostException) {
      return unreachable(
          failure(Reason.UNAVAILABLE, tried, place)
              .said("no address is known of host '%s'".formatted(place.url().host()))
              .remedy("check the host's name, and this host's name servers or proxy")
              .cause(e));
    }
    if (e instanceof SSLException) {
      return tls(e, place, tried, source);
    }
    DiskException.Builder failure =
        failure(Reason.UNAVAILABLE, tried, place)
            .said(words(e))
            .remedy("check that the server is there, and try again")
            .cause(e);
    return e instanceof ConnectException
            || e instanceof ConnectTimeoutException
            || e instanceof NoRouteToHostException
        ? unreachable(failure)
        : new Setback(Setback.Kind.PASSING, failure.build());
  }

  private static String words(IOException e) {
    if (e instanceof ConnectTimeoutException) {
      return "the server did not take the connection in time";
    }
    if (e instanceof SocketTimeoutException) {
      return "the server sent nothing for longer than stall-timeout";
    }
    @Nullable String message = e.getMessage();
    return e instanceof ConnectException
        ? "the server takes no connection: " + message
        : "the connection was cut: " + (message == null ? e.toString() : message);
  }

  /** A certificate that is not trusted does not become so; a handshake may work next time. */
  private static Setback tls(IOException e, Place place, String tried, String source) {
    boolean untrusted = e instanceof SSLPeerUnverifiedException;
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      untrusted |= cause instanceof CertificateException;
    }
    if (untrusted) {
      return new Setback(
          Setback.Kind.FINAL,
          failure(Reason.PERMISSION_DENIED, tried, place)
              .said("the server's certificate is not trusted: " + e.getMessage())
              .remedy(
                  "set sources.%s.ca-file to the authority that issued it, if it is yours"
                      .formatted(source))
              .cause(e)
              .build());
    }
    return unreachable(
        failure(Reason.UNAVAILABLE, tried, place)
            .said("no secure connection came about: " + e.getMessage())
            .remedy("check that this port of the server speaks TLS")
            .cause(e));
  }

  private static Setback unreachable(DiskException.Builder failure) {
    return new Setback(Setback.Kind.UNREACHABLE, failure.build());
  }

  /** Returns the failure of a redirect that must not be followed. */
  static Setback refused(String tried, Place place, String said, String remedy) {
    return new Setback(
        Setback.Kind.FINAL,
        failure(Reason.PERMISSION_DENIED, tried, place).said(said).remedy(remedy).build());
  }

  /** Returns the failure of an image that is not any more what it was. */
  static DiskException changed(String tried, Place place, String said) {
    return failure(Reason.IMAGE_UNACCEPTABLE, tried, place)
        .said("it changed while it was read: " + said)
        .remedy("wait until nobody writes the image any more, and try again")
        .build();
  }

  /** Returns the failure of an image that nothing can be made of. */
  static DiskException unacceptable(String tried, Place place, String said, String remedy) {
    return failure(Reason.IMAGE_UNACCEPTABLE, tried, place).said(said).remedy(remedy).build();
  }

  static DiskException.Builder failure(Reason reason, String tried, Place place) {
    return DiskException.of(reason, tried).resource(place.url().toString());
  }
}
