package io.diskwright.source.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.apache.hc.client5.http.DnsResolver;

/** Finds the addresses of what the asker or the environment names, whatever they are. */
record PlainResolver(Lookup lookup) implements DnsResolver {
  @Override
  public InetAddress[] resolve(String host) throws UnknownHostException {
    return lookup.addresses(host);
  }

  @Override
  public String resolveCanonicalHostname(String host) {
    return host; // for Kerberos, which is not used
  }
}
