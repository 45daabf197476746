package io.diskwright.source.http;

import java.net.InetAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Where redirects may lead although it is not public: a host by its name, or a network.
 *
 * @param name the host's name, in lower case; null for a network
 * @param network the network; null for a host
 */
record AllowedHost(@Nullable String name, @Nullable Network network) {
  /**
   * Reads a host name, an address or a network.
   *
   * @throws IllegalArgumentException when it is none of these
   */
  static AllowedHost parse(String text) {
    if (text.indexOf('/') >= 0 || Network.isLiteral(text)) {
      return new AllowedHost(null, Network.parse(text));
    }
    String name = text.toLowerCase(Locale.ROOT);
    if (!name.matches("[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?")) {
      throw new IllegalArgumentException(
          "host (%s) must be a name, an address or a network".formatted(text));
    }
    return new AllowedHost(name, null);
  }

  boolean covers(String host, InetAddress address) {
    return network == null ? host.equals(name) : network.contains(address.getAddress());
  }

  @Override
  public String toString() {
    return network == null ? String.valueOf(name) : network.toString();
  }
}
