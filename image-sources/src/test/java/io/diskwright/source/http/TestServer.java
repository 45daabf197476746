package io.diskwright.source.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;

/** A server on loopback that answers whatever a test wants, also what no server should. */
public final class TestServer implements AutoCloseable {
  /** Answers requests; any thread. */
  @FunctionalInterface
  public interface Handler {
    /** Answers one. */
    void answer(Request request, Connection connection) throws Exception;
  }

  /** What a client asks. */
  public record Request(String method, String target, Map<String, String> headers, String body) {
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d+)-(\\d*)");

    public Optional<String> header(String name) {
      return Optional.ofNullable(headers.get(name.toLowerCase(Locale.ROOT)));
    }

    public String path() {
      return target.replaceFirst("\\?.*", "");
    }

    /** The offset of the first byte asked for; 0 without a range. */
    public long from() {
      Matcher range = RANGE.matcher(header("Range").orElse(""));
      return range.matches() ? Long.parseLong(range.group(1)) : 0;
    }

    /** The offset behind the last byte asked for. */
    public long end(long length) {
      Matcher range = RANGE.matcher(header("Range").orElse(""));
      return range.matches() && !range.group(2).isEmpty()
          ? Math.min(length, Long.parseLong(range.group(2)) + 1)
          : length;
    }

    public boolean asksForPart() {
      return header("Range").isPresent();
    }
  }

  /** One client's connection. */
  public static final class Connection {
    private final Socket socket;
    private final OutputStream out;

    private Connection(Socket socket) throws IOException {
      this.socket = socket;
      this.out = socket.getOutputStream();
    }

    public void head(int status, String... headers) throws IOException {
      String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
      text("HTTP/1.1 %d Whatever\r\n%s\r\n".formatted(status, lines));
    }

    /** A response without a body. */
    public void empty(int status, String... headers) throws IOException {
      String lines = headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n";
      text("HTTP/1.1 %d Whatever\r\nContent-Length: 0\r\n%s\r\n".formatted(status, lines));
    }

    public void text(String text) throws IOException {
      write(text.getBytes(StandardCharsets.ISO_8859_1), 0, text.length());
    }

    public void write(byte[] bytes, long from, long end) throws IOException {
      out.write(bytes, (int) from, (int) (end - from));
      out.flush();
    }

    public void cut() throws IOException {
      socket.close();
    }

    /** Waits until the client goes away. */
    public void awaitEnd() throws IOException {
      while (socket.getInputStream().read() >= 0) {
        // it sends nothing that matters
      }
    }
  }

  private final ServerSocket listener;
  private final String scheme;
  private final Handler handler;
  private final List<Request> requests = new CopyOnWriteArrayList<>();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private final CountDownLatch connected = new CountDownLatch(1);
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

  private TestServer(ServerSocket listener, String scheme, Handler handler) {
    this.listener = listener;
    this.scheme = scheme;
    this.handler = handler;
    begin("accept", this::accept);
  }

  public static TestServer start(Handler handler) throws IOException {
    return new TestServer(
        new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), "http", handler);
  }

  public static TestServer secure(SSLContext context, Handler handler) throws IOException {
    return new TestServer(
        context
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress()),
        "https",
        handler);
  }

  public int port() {
    return listener.getLocalPort();
  }

  public String url(String path) {
    return "%s://127.0.0.1:%d%s".formatted(scheme, port(), path);
  }

  /** The same by another name of the same host. */
  public String urlBy(String host, String path) {
    return "%s://%s:%d%s".formatted(scheme, host, port(), path);
  }

  public List<Request> requests() {
    return List.copyOf(requests);
  }

  public long count(String method) {
    return requests.stream().filter(request -> request.method().equals(method)).count();
  }

  private void begin(String name, Runnable work) {
    Thread thread = new Thread(work, "test-server-" + name);
    thread.setDaemon(true);
    threads.add(thread);
    thread.start();
  }

  private void accept() {
    try {
      while (true) {
        Socket socket = listener.accept();
        sockets.add(socket);
        begin("connection", () -> serve(socket));
        connected.countDown();
      }
    } catch (IOException e) {
      // closed
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      Connection connection = new Connection(socket);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (Request request = read(in); request != null; request = read(in)) {
        requests.add(request);
        handler.answer(request, connection);
      }
    } catch (Exception e) {
      // clients that go away are what many tests are about
    } finally {
      sockets.remove(socket);
    }
  }

  private static Request read(InputStream in) throws IOException {
    String first = line(in);
    if (first == null || first.isEmpty()) {
      return null;
    }
    String[] words = first.split(" ", 3);
    Map<String, String> headers = new TreeMap<>();
    for (String line = line(in); line != null && !line.isEmpty(); line = line(in)) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
    }
    int length = Integer.parseInt(headers.getOrDefault("content-length", "0"));
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    return new Request(words[0], words[1], headers, body);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int each = in.read(); each >= 0; each = in.read()) {
      if (each == '\n') {
        return line.toString().stripTrailing();
      }
      line.append((char) each);
    }
    return null;
  }

  /** Waits until the first client has connected. */
  void awaitConnection() throws InterruptedException {
    connected.await();
  }

  /** Waits until every client has closed its connections. */
  void awaitNoConnections() throws InterruptedException {
    for (Thread thread : threads) {
      if (thread.getName().endsWith("connection")) {
        thread.join();
      }
    }
  }

  @Override
  public void close() throws IOException {
    listener.close();
    for (Socket socket : sockets) {
      socket.close();
    }
  }
}
