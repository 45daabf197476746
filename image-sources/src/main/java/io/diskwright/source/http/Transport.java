package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.config.TlsConfig;
import org.apache.hc.client5.http.impl.DefaultSchemePortResolver;
import org.apache.hc.client5.http.impl.auth.BasicAuthCache;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.URIAuthority;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Sends single requests over connections that it keeps; any thread.
 *
 * <p>Two clients, so that a connection that the asker may have is never used again for a place to
 * which a server has led.
 */
final class Transport implements AutoCloseable {
  private static final String PROXY = "diskwright.proxy";
  private static final int MOST_CONNECTIONS = 1024;
  private static final TimeValue IDLE = TimeValue.ofSeconds(2);

  private final GuardedResolver guard;
  private final Proxies proxies;
  private final CloseableHttpClient asked;
  private final CloseableHttpClient guarded;

  Transport(HttpSettings settings, String source, Lookup lookup, Map<String, String> environment)
      throws DiskException {
    this.guard = new GuardedResolver(lookup, settings.redirectAllow());
    this.proxies = new Proxies(environment);
    Optional<SSLContext> trust =
        settings.caFile().isPresent()
            ? Optional.of(trust(settings.caFile().get(), source))
            : Optional.empty();
    this.asked = client(settings, trust, new PlainResolver(lookup));
    this.guarded = client(settings, trust, guard);
  }

  private static SSLContext trust(Path file, String source) throws DiskException {
    try {
      return TrustedAuthorities.of(file);
    } catch (IOException e) {
      throw DiskException.of(Reason.CONFIGURATION, "open image source")
          .resource(source)
          .said("ca-file (%s) cannot be used: %s".formatted(file, e.getMessage()))
          .remedy("name a file with certificates in PEM")
          .cause(e)
          .build();
    }
  }

  private static CloseableHttpClient client(
      HttpSettings settings, Optional<SSLContext> trust, DnsResolver resolver) {
    Timeout stall = timeout(settings.stallTimeout());
    Timeout connect = timeout(settings.connectTimeout());
    PoolingHttpClientConnectionManagerBuilder connections =
        new Connections()
            .setDnsResolver(resolver)
            .setMaxConnTotal(MOST_CONNECTIONS)
            .setMaxConnPerRoute(MOST_CONNECTIONS)
            .setDefaultSocketConfig(SocketConfig.custom().setSoTimeout(stall).build())
            .setDefaultTlsConfig(TlsConfig.custom().setHandshakeTimeout(connect).build())
            .setDefaultConnectionConfig(
                ConnectionConfig.custom()
                    .setConnectTimeout(connect)
                    .setSocketTimeout(stall)
                    .setValidateAfterInactivity(IDLE)
                    .build());
    trust.ifPresent(
        context -> connections.setTlsSocketStrategy(new DefaultClientTlsStrategy(context)));
    return HttpClients.custom()
        .setConnectionManager(connections.build())
        .setRoutePlanner(new ProxyOfContext())
        .setUserAgent(userAgent())
        .setDefaultRequestConfig(
            RequestConfig.custom()
                .setResponseTimeout(stall)
                .setConnectionRequestTimeout(connect)
                .setRedirectsEnabled(false)
                .setContentCompressionEnabled(false)
                .setProtocolUpgradeEnabled(false)
                .build())
        .disableRedirectHandling()
        .disableAutomaticRetries()
        .disableContentCompression()
        .disableCookieManagement()
        .disableConnectionState()
        .build();
  }

  private static Timeout timeout(Duration duration) {
    return Timeout.of(duration);
  }

  private static String userAgent() {
    @Nullable String version = Transport.class.getPackage().getImplementationVersion();
    return "diskwright/" + (version == null ? "unknown" : version);
  }

  /** The proxy is chosen before the request is sent, as the check of its target depends on it. */
  private static final class ProxyOfContext extends DefaultRoutePlanner {
    ProxyOfContext() {
      super(DefaultSchemePortResolver.INSTANCE);
    }

    @Override
    protected @Nullable HttpHost determineProxy(HttpHost target, HttpContext context) {
      return (HttpHost) context.getAttribute(PROXY);
    }
  }

  /**
   * Sends a request, and returns as soon as the head of the response is there.
   *
   * @throws NotPublicException when a server has led to this place, and it is not public
   */
  Response send(Request what, Place place, Fetch fetch) throws IOException, DiskException {
    HttpUrl url = place.url();
    HttpHost target = new HttpHost(url.scheme(), url.host(), url.port());
    HttpUriRequestBase request = new HttpUriRequestBase(what.method(), URI.create("/"));
    request.setScheme(url.scheme());
    // A default port is not sent: it would spoil signatures that cover the host.
    request.setAuthority(new URIAuthority(url.host(), url.hasDefaultPort() ? -1 : url.port()));
    request.setPath(url.target());
    what.headers().forEach(request::setHeader);
    if (what.json() != null) {
      request.setEntity(new StringEntity(what.json(), ContentType.APPLICATION_JSON));
    }
    request.setHeader("Accept-Encoding", "identity");
    HttpClientContext context = HttpClientContext.create();
    Connections.serve(request, context);
    Optional<Proxies.Proxy> proxy = proxy(url, fetch);
    if (proxy.isPresent() && place.redirected()) {
      guard.check(url.host());
    }
    proxy.ifPresent(each -> use(each, context));
    fetch.begin(request);
    CloseableHttpClient client = place.redirected() && proxy.isEmpty() ? guarded : asked;
    return new Response(place, request, client.executeOpen(target, request, context));
  }

  private Optional<Proxies.Proxy> proxy(HttpUrl url, Fetch fetch) throws DiskException {
    try {
      return proxies.find(url);
    } catch (IllegalArgumentException e) {
      throw DiskException.of(Reason.CONFIGURATION, fetch.tried())
          .resource(url.toString())
          .said(String.valueOf(e.getMessage()))
          .remedy("correct that variable, or unset it")
          .build();
    }
  }

  /** Credentials are sent with the first request already: else each would be sent twice. */
  private static void use(Proxies.Proxy proxy, HttpClientContext context) {
    context.setAttribute(PROXY, proxy.host());
    if (proxy.credentials() != null) {
      BasicCredentialsProvider credentials = new BasicCredentialsProvider();
      credentials.setCredentials(new AuthScope(proxy.host()), proxy.credentials());
      context.setCredentialsProvider(credentials);
      BasicScheme scheme = new BasicScheme();
      scheme.initPreemptive(proxy.credentials());
      BasicAuthCache cache = new BasicAuthCache();
      cache.put(proxy.host(), scheme);
      context.setAuthCache(cache);
    }
  }

  @Override
  public void close() {
    asked.close(CloseMode.IMMEDIATE);
    guarded.close(CloseMode.IMMEDIATE);
  }
}
