package io.diskwright.toolkit.process;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What a child printed: all of it is heard, and the last part of it is kept. */
final class Output {
  private static final int KEPT = 1024 * 1024;

  private final StringBuilder tail = new StringBuilder();
  private final CountDownLatch ended = new CountDownLatch(1);
  private long heard;

  /** Reads a stream to its end; a stream that breaks has ended. */
  void drain(InputStream stream, Consumer<String> listener) {
    byte[] buffer = new byte[8192];
    try (stream) {
      for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
        String piece = new String(buffer, 0, read, StandardCharsets.UTF_8);
        keep(piece);
        listener.accept(piece);
      }
    } catch (IOException e) {
      keep("[output broke off: " + e.getMessage() + "]");
    } finally {
      end();
    }
  }

  private synchronized void keep(String piece) {
    heard += piece.length();
    tail.append(piece);
    if (tail.length() > KEPT) {
      tail.delete(0, tail.length() - KEPT);
    }
  }

  void end() {
    ended.countDown();
  }

  synchronized long heard() {
    return heard;
  }

  /** Returns what is kept, once the child's end of the stream is closed. */
  String text() {
    try {
      // A grandchild may hold the stream open; what has come by then has to do.
      boolean whole = ended.await(2, TimeUnit.SECONDS);
      synchronized (this) {
        return whole ? tail.toString() : tail + "[more may follow]";
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      synchronized (this) {
        return tail.toString();
      }
    }
  }
}
