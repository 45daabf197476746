package io.diskwright.source.http;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SchemePortResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.config.Lookup;
import org.apache.hc.core5.http.config.RegistryBuilder;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.Closer;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.util.Timeout;

/**
 * Makes connections, and closes those whose request was ended meanwhile. The library forgets a
 * connection when its request is cancelled before the socket is there, and nobody would ever close
 * it.
 */
final class Connections extends PoolingHttpClientConnectionManagerBuilder {
  private static final String REQUEST = "diskwright.request";

  /** Tells for which request a connection is made. */
  static void serve(HttpUriRequestBase request, HttpContext context) {
    context.setAttribute(REQUEST, request);
  }

  @Override
  protected HttpClientConnectionOperator createConnectionOperator(
      SchemePortResolver ports, DnsResolver hosts, TlsSocketStrategy tls) {
    return new Operator(
        ports,
        hosts,
        RegistryBuilder.<TlsSocketStrategy>create().register(URIScheme.HTTPS.id, tls).build());
  }

  private static final class Operator extends DefaultHttpClientConnectionOperator {
    Operator(SchemePortResolver ports, DnsResolver hosts, Lookup<TlsSocketStrategy> tls) {
      super(ports, hosts, tls);
    }

    /** A request says that it is cancelled before it lets go of its connection. */
    @Override
    public void connect(
        ManagedHttpClientConnection connection,
        HttpHost host,
        NamedEndpoint name,
        Path unixSocket,
        InetSocketAddress local,
        Timeout timeout,
        SocketConfig config,
        Object attachment,
        HttpContext context)
        throws IOException {
      super.connect(
          connection, host, name, unixSocket, local, timeout, config, attachment, context);
      if (context.getAttribute(REQUEST) instanceof HttpUriRequestBase request
          && request.isCancelled()) {
        Closer.closeQuietly(connection.getSocket()); // the connection says it is closed already
        throw new IOException("the request was ended while its connection was made");
      }
    }
  }
}
