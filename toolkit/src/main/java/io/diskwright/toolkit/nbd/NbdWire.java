package io.diskwright.toolkit.nbd;

import java.io.EOFException;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A socket on which numbers are big-endian and every read is as long as it was asked to be. */
final class NbdWire implements AutoCloseable {
  private static final int LARGEST_HEADER = 64;

  private final SocketChannel socket;
  private final ByteBuffer small = ByteBuffer.allocate(LARGEST_HEADER);

  private NbdWire(SocketChannel socket) {
    this.socket = socket;
  }

  static NbdWire connect(Path path) throws IOException {
    return new NbdWire(SocketChannel.open(UnixDomainSocketAddress.of(path)));
  }

  void send(ByteBuffer message) throws IOException {
    while (message.hasRemaining()) {
      socket.write(message);
    }
  }

  /** Reads a few bytes; the buffer is used again at the next call. */
  ByteBuffer receive(int length) throws IOException {
    small.clear().limit(length);
    receive(small);
    return small.flip();
  }

  /** Fills a buffer to its limit. */
  void receive(ByteBuffer target) throws IOException {
    while (target.hasRemaining()) {
      if (socket.read(target) < 0) {
        throw new EOFException("the server has closed the connection");
      }
    }
  }

  /** Reads a part that is there to be read by people, or that we do not need. */
  byte[] receive(long length, int most) throws IOException {
    if (length < 0 || length > most) {
      throw new NbdProtocolException(
          "it announces %d bytes where %d are the most".formatted(length, most));
    }
    byte[] bytes = new byte[(int) length];
    receive(ByteBuffer.wrap(bytes));
    return bytes;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
