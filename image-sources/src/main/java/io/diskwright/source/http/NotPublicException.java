package io.diskwright.source.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.stream.Collectors;

/** A redirect leads to a host whose addresses are not public. */
final class NotPublicException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  private final String host;

  NotPublicException(String host, InetAddress... addresses) {
    super(
        addresses.length == 0
            ? "%s, which is no public address".formatted(host)
            : "%s, whose address is not public (%s)".formatted(host, text(addresses)));
    this.host = host;
  }

  private static String text(InetAddress... addresses) {
    return Arrays.stream(addresses)
        .map(InetAddress::getHostAddress)
        .collect(Collectors.joining(", "));
  }

  String host() {
    return host;
  }
}
