package io.diskwright.core.export;

import io.diskwright.spi.call.Call;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Bytes on their way from a thread that has them to one that wants them. Who waits for them notices
 * when the call is over; who has too many waits until some are taken, or none are wanted any more.
 */
final class ByteQueue {
  private static final int PIECES = 16;
  private static final int GLANCE_MILLIS = 50;
  private static final byte[] END = new byte[0];

  private final BlockingQueue<byte[]> pieces = new ArrayBlockingQueue<>(PIECES);
  private final Call call;
  private volatile boolean wanted;
  private volatile boolean unwanted;
  private volatile boolean ended;

  /** Makes one for a call. */
  ByteQueue(Call call) {
    this.call = call;
  }

  /** Returns whether somebody waits for more. */
  boolean isWanted() {
    return wanted;
  }

  /** Says whether somebody waits for what comes of it. */
  void want(boolean more) {
    wanted = more;
  }

  /** Nothing more is taken. */
  void refuse() {
    unwanted = true;
  }

  /** Nothing more comes. */
  void end() {
    ended = true;
  }

  /** Returns where bytes are put. */
  OutputStream in() {
    return new In();
  }

  /** Returns where they come out. */
  InputStream out() {
    return new Out();
  }

  private final class In extends OutputStream {
    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      byte[] piece = Arrays.copyOfRange(bytes, offset, offset + length);
      try {
        while (!pieces.offer(piece, GLANCE_MILLIS, TimeUnit.MILLISECONDS)) {
          if (unwanted) {
            throw new IOException("nobody wants more");
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted");
      }
    }

    @Override
    public void close() {
      end();
    }
  }

  private final class Out extends InputStream {
    private byte[] piece = END;
    private int at;

    @Override
    public int read() throws IOException {
      return fill() ? piece[at++] & 0xff : -1;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (length == 0 || !fill()) {
        return length == 0 ? 0 : -1;
      }
      int taken = Math.min(length, piece.length - at);
      System.arraycopy(piece, at, target, offset, taken);
      at += taken;
      return taken;
    }

    private boolean fill() throws IOException {
      while (at == piece.length) {
        byte[] next = next();
        if (next == END) {
          return false;
        }
        piece = next;
        at = 0;
      }
      return true;
    }

    private byte[] next() throws IOException {
      wanted = true;
      try {
        while (true) {
          boolean last = ended; // read before it is looked whether there is anything
          byte[] next = pieces.poll(last ? 0 : GLANCE_MILLIS, TimeUnit.MILLISECONDS);
          if (next != null || last) {
            return next == null ? END : next;
          }
          call.check(FallbackCommand.TRIED);
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        call.check(FallbackCommand.TRIED);
        throw new IllegalStateException("a call of an interrupted thread must be cancelled", e);
      } finally {
        wanted = false;
      }
    }
  }
}
