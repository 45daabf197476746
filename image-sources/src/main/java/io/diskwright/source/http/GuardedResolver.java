package io.diskwright.source.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Finds the addresses to connect to, and leaves out those that are not public, unless they are
 * allowed; any thread.
 *
 * <p>What is returned is what is connected to: no name is looked up a second time, and no spelling
 * of an address goes past.
 */
final class GuardedResolver implements DnsResolver {
  /** An address in one of the spellings that only some programs understand, such as 0x7f.1. */
  private static final Pattern NUMBER = Pattern.compile("(.*\\.)?(\\d+|0[xX][0-9A-Fa-f]*)\\.?");

  private final Lookup lookup;
  private final List<AllowedHost> allowed;

  GuardedResolver(Lookup lookup, List<AllowedHost> allowed) {
    this.lookup = lookup;
    this.allowed = List.copyOf(allowed);
  }

  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    InetAddress[] all = lookup.addresses(host);
    InetAddress[] good =
        Arrays.stream(all).filter(address -> mayLeadTo(host, address)).toArray(InetAddress[]::new);
    if (good.length == 0) {
      throw new NotPublicException(host, all);
    }
    return good;
  }

  /**
   * Checks a host that a proxy will look up once more. The proxy may take any of its addresses, so
   * that all must be public. A name that only the proxy can look up passes.
   */
  void check(String host) throws NotPublicException {
    InetAddress[] all;
    try {
      all = lookup.addresses(host);
    } catch (UnknownHostException e) {
      if (NUMBER.matcher(host).matches()) {
        throw new NotPublicException(host);
      }
      return;
    }
    if (!Arrays.stream(all).allMatch(address -> mayLeadTo(host, address))) {
      throw new NotPublicException(host, all);
    }
  }

  private boolean mayLeadTo(String host, InetAddress address) {
    String name = host.toLowerCase(Locale.ROOT);
    return PublicAddresses.isPublic(address)
        || allowed.stream().anyMatch(each -> each.covers(name, address));
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host; // for Kerberos, which is not used
  }
}
