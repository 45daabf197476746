package io.diskwright.source.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that the environment names: {@code http_proxy}, {@code https_proxy}, {@code
 * all_proxy} and {@code no_proxy}, in lower or upper case, as curl reads them; immutable.
 */
final class Proxies {
  private static final Pattern PROXY =
      Pattern.compile(
          "(?:([a-zA-Z0-9]+)://)?(?:([^/@]*)@)?(\\[[0-9a-fA-F:]+]|[^/:@]+)(?::(\\d{1,5}))?/?");

  /** A proxy; its credentials are never shown. */
  record Proxy(HttpHost host, @Nullable UsernamePasswordCredentials credentials) {
    @Override
    public String toString() {
      return host.toURI();
    }
  }

  private final Map<String, String> environment;
  private final List<String> direct = new ArrayList<>();

  Proxies(Map<String, String> environment) {
    this.environment = Map.copyOf(environment);
    for (String host : variable("no_proxy").split("[,\\s]+", -1)) {
      if (!host.isEmpty()) {
        direct.add(host.toLowerCase(Locale.ROOT));
      }
    }
  }

  private String variable(String name) {
    String lower = environment.getOrDefault(name, "");
    return lower.isEmpty() ? environment.getOrDefault(name.toUpperCase(Locale.ROOT), "") : lower;
  }

  /**
   * Returns the proxy for a URL.
   *
   * @throws IllegalArgumentException when the environment names one that cannot be used; the
   *     message is a clause that shows no credentials
   */
  Optional<Proxy> find(HttpUrl url) {
    String name = url.scheme() + "_proxy";
    String value = variable(name);
    if (value.isEmpty()) {
      name = "all_proxy";
      value = variable(name);
    }
    return value.isEmpty() || isDirect(url) ? Optional.empty() : Optional.of(parse(name, value));
  }

  private static Proxy parse(String name, String value) {
    Matcher proxy = PROXY.matcher(value.strip());
    String scheme =
        proxy.matches() && proxy.group(1) != null
            ? proxy.group(1).toLowerCase(Locale.ROOT)
            : "http";
    if (!proxy.matches() || !(scheme.equals("http") || scheme.equals("https"))) {
      throw new IllegalArgumentException(
          "the environment variable %s does not name a proxy such as http://host:3128"
              .formatted(name));
    }
    String host = proxy.group(3).replaceAll("[\\[\\]]", "");
    int port = scheme.equals("https") ? 443 : 1080; // as curl has it
    if (proxy.group(4) != null) {
      port = Integer.parseInt(proxy.group(4));
    }
    return new Proxy(new HttpHost(scheme, host, port), credentials(proxy.group(2)));
  }

  private static @Nullable UsernamePasswordCredentials credentials(@Nullable String text) {
    if (text == null || text.isEmpty()) {
      return null;
    }
    int colon = text.indexOf(':');
    String user = colon < 0 ? text : text.substring(0, colon);
    String password = colon < 0 ? "" : text.substring(colon + 1);
    return new UsernamePasswordCredentials(
        Percent.decode(user), Percent.decode(password).toCharArray());
  }

  private boolean isDirect(HttpUrl url) {
    return direct.stream().anyMatch(each -> covers(each, url));
  }

  private static boolean covers(String entry, HttpUrl url) {
    if (entry.equals("*")) {
      return true;
    }
    if (entry.indexOf('/') >= 0 && Network.isLiteral(url.host())) {
      return coversAddress(entry, url.host());
    }
    String host = entry;
    Matcher withPort = Pattern.compile("([^:]+):(\\d{1,5})").matcher(entry);
    if (withPort.matches()) {
      if (Integer.parseInt(withPort.group(2)) != url.port()) {
        return false;
      }
      host = withPort.group(1);
    }
    String bare = host.replaceAll("^(\\*?\\.)|[\\[\\]]", "");
    return url.host().equals(bare) || url.host().endsWith('.' + bare);
  }

  private static boolean coversAddress(String entry, String host) {
    try {
      return Network.parse(entry).contains(Network.parse(host).address().getAddress());
    } catch (IllegalArgumentException e) {
      return false; // no network: it covers nothing
    }
  }
}
