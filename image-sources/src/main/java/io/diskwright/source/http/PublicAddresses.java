package io.diskwright.source.http;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tells addresses that anybody on the Internet may have from those that mean another machine for
 * each who asks: the host itself, its neighbours, its network.
 */
final class PublicAddresses {
  /** What IANA lists as not globally reachable, and multicast. */
  private static final List<Network> NOT_PUBLIC_4 =
      networks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/3");

  private static final Network GLOBAL_6 = Network.parse("2000::/3");
  private static final List<Network> NOT_PUBLIC_6 =
      networks("2001::/23", "2001:db8::/32", "3fff::/20");

  private static final Network NAT64 = Network.parse("64:ff9b::/96");
  private static final Network SIX_TO_FOUR = Network.parse("2002::/16");

  private PublicAddresses() {}

  private static List<Network> networks(String... texts) {
    return Stream.of(texts).map(Network::parse).toList();
  }

  static boolean isPublic(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? isPublic4(bytes) : isPublic6(bytes);
  }

  private static boolean isPublic4(byte[] bytes) {
    return NOT_PUBLIC_4.stream().noneMatch(network -> network.contains(bytes));
  }

  /** What embeds an IPv4 address leads to that one, wherever there is a gateway. */
  private static boolean isPublic6(byte[] bytes) {
    if (NAT64.contains(bytes)) {
      return isPublic4(Arrays.copyOfRange(bytes, 12, 16));
    }
    if (SIX_TO_FOUR.contains(bytes)) {
      return isPublic4(Arrays.copyOfRange(bytes, 2, 6));
    }
    return GLOBAL_6.contains(bytes)
        && NOT_PUBLIC_6.stream().noneMatch(network -> network.contains(bytes));
  }
}
