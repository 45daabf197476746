package io.diskwright.it.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Serves a folder over HTTP on this host as fast as the kernel can: with sendfile, with ranges. */
final class FileServer implements AutoCloseable {
  private static final Pattern RANGE = Pattern.compile("bytes=([0-9]+)-([0-9]*)");
  private static final long PIECE = 1 << 20;

  private final Path folder;
  private final ServerSocketChannel server;
  private final AtomicLong sent = new AtomicLong();

  private FileServer(Path folder, ServerSocketChannel server) {
    this.folder = folder;
    this.server = server;
  }

  static FileServer of(Path folder) throws IOException {
    ServerSocketChannel server = ServerSocketChannel.open();
    server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    FileServer files = new FileServer(folder, server);
    daemon(files::accept);
    return files;
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "file-server");
    thread.setDaemon(true);
    thread.start();
  }

  /** Returns the URL of a file of the folder. */
  String url(Path file) {
    return url() + file.getFileName();
  }

  private String url() {
    return "http://127.0.0.1:%d/".formatted(server.socket().getLocalPort());
  }

  /** Returns how many bytes of files have been sent. */
  long sent() {
    return sent.get();
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        daemon(() -> serve(client));
      }
    } catch (AsynchronousCloseException e) {
      return; // the benchmark is over
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        BufferedReader requests =
            new BufferedReader(
                new InputStreamReader(
                    Channels.newInputStream(client), StandardCharsets.US_ASCII))) {
      String line = requests.readLine();
      while (line != null) {
        String range = "";
        String first = line;
        for (line = requests.readLine(); line != null && !line.isEmpty(); ) {
          if (line.toLowerCase(Locale.ROOT).startsWith("range:")) {
            range = line.substring("range:".length()).strip();
          }
          line = requests.readLine();
        }
        List<String> words = List.of(first.split(" ", -1));
        answer(client, words.get(0), folder.resolve(words.get(1).substring(1)), range);
        line = requests.readLine();
      }
    } catch (IOException e) {
      return; // the client has hung up
    }
  }

  private void answer(SocketChannel client, String method, Path path, String range)
      throws IOException {
    try (FileChannel file = FileChannel.open(path)) {
      long size = file.size();
      Matcher asked = RANGE.matcher(range);
      boolean partial = asked.matches();
      long from = partial ? Long.parseLong(asked.group(1)) : 0;
      long to =
          partial && !asked.group(2).isEmpty()
              ? Math.min(size, Long.parseLong(asked.group(2)) + 1)
              : size;
      String status = partial ? "206 Partial Content" : "200 OK";
      String contentRange =
          partial ? "Content-Range: bytes %d-%d/%d\r\n".formatted(from, to - 1, size) : "";
      String header =
          "HTTP/1.1 %s\r\nContent-Length: %d\r\n%sAccept-Ranges: bytes\r\nETag: \"%x-%x\"\r\n\r\n"
              .formatted(
                  status,
                  to - from,
                  contentRange,
                  size,
                  Files.getLastModifiedTime(path).toMillis());
      client.write(ByteBuffer.wrap(header.getBytes(StandardCharsets.US_ASCII)));
      while (from < to && !method.equals("HEAD")) {
        long piece = file.transferTo(from, Math.min(PIECE, to - from), client);
        sent.addAndGet(piece);
        from += piece;
      }
    }
  }

  /** Serves a folder until it is ended. Argument: the folder; prints the URL of what is in it. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    FileServer server = of(folder);
    System.out.println(server.url());
    Thread.currentThread().join();
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
