package io.diskwright.toolkit.process;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** What a child printed: all of it is heard or passed on, and the last part of it is kept. */
final class Output {
  private static final int KEPT = 1024 * 1024;
  private static final int PIECE = 64 * 1024;

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

  /** Passes a stream on to its end, or until it is not taken any more; closes both. */
  void pass(InputStream stream, OutputStream target) {
    byte[] buffer = new byte[PIECE];
    try (stream;
        target) {
      for (int read = stream.read(buffer); read >= 0; read = stream.read(buffer)) {
        count(read);
        target.write(buffer, 0, read);
        target.flush();
      }
    } catch (IOException e) {
      keep("[output broke off: " + e.getMessage() + "]");
    } finally {
      end();
    }
  }

  private synchronized void count(int bytes) {
    heard += bytes;
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

  /** Waits so long for its end; returns whether that has come. */
  boolean endsWithin(Duration time) {
    try {
      return ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt(); // which who called finds
      return false;
    }
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
