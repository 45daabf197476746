package io.diskwright.it.support;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An HTTP server on loopback for the files of a folder, with ETags and ranges. */
public final class ImageServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

  private final Path folder;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<String> requests = new CopyOnWriteArrayList<>();

  private ImageServer(Path folder, HttpServer server) {
    this.folder = folder;
    this.server = server;
  }

  /** Serves a folder. */
  public static ImageServer of(Path folder) throws IOException {
    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    ImageServer images = new ImageServer(folder, HttpServer.create(anyPort, 0));
    images.server.createContext("/", images::answer);
    images.server.setExecutor(images.threads);
    images.server.start();
    return images;
  }

  /** Returns the URL of a file, or of a file and a query. */
  public String url(String file) {
    return "http://127.0.0.1:%d/%s".formatted(server.getAddress().getPort(), file);
  }

  /** Returns method and path of each request, such as {@code GET /a.raw}. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      requests.add(exchange.getRequestMethod() + ' ' + exchange.getRequestURI());
      Path file = folder.resolve(exchange.getRequestURI().getPath().substring(1));
      if (Files.isRegularFile(file)) {
        send(exchange, Files.readAllBytes(file));
      } else {
        exchange.sendResponseHeaders(404, -1);
      }
    }
  }

  private static void send(HttpExchange exchange, byte[] all) throws IOException {
    exchange.getResponseHeaders().set("ETag", "\"%x\"".formatted(Arrays.hashCode(all)));
    exchange.getResponseHeaders().set("Accept-Ranges", "bytes");
    if (exchange.getRequestMethod().equals("HEAD")) {
      exchange.getResponseHeaders().set("Content-Length", Integer.toString(all.length));
      exchange.sendResponseHeaders(200, -1);
      return;
    }
    String header = exchange.getRequestHeaders().getFirst("Range");
    Matcher range = RANGE.matcher(header == null ? "" : header);
    int from = range.matches() ? Integer.parseInt(range.group(1)) : 0;
    int end =
        range.matches() && !range.group(2).isEmpty()
            ? Math.min(all.length, Integer.parseInt(range.group(2)) + 1)
            : all.length;
    exchange
        .getResponseHeaders()
        .set("Content-Range", "bytes %d-%d/%d".formatted(from, end - 1, all.length));
    exchange.sendResponseHeaders(range.matches() ? 206 : 200, end - from);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(all, from, end - from);
    }
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
