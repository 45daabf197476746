package io.diskwright.toolkit.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A server that sends just what a test has it send, right or wrong. */
final class NbdServer implements AutoCloseable {
  static final long SIZE = 1 << 20;
  private static final long REPLY = 0x3e889045565a9L;

  private final ServerSocketChannel socket;
  private final List<SocketChannel> clients = new ArrayList<>();

  /** What the server does with one connection. */
  @FunctionalInterface
  interface Behaviour {
    void serve(NbdServer server, SocketChannel client) throws IOException;
  }

  NbdServer(Path path, Behaviour behaviour) throws IOException {
    this.socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    socket.bind(UnixDomainSocketAddress.of(path));
    Thread thread = new Thread(() -> accept(behaviour));
    thread.setDaemon(true);
    thread.start();
  }

  private void accept(Behaviour behaviour) {
    try {
      while (true) {
        SocketChannel client = socket.accept();
        synchronized (clients) {
          clients.add(client);
        }
        Thread thread = new Thread(() -> serve(behaviour, client));
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException e) {
      return; // the test is over
    }
  }

  private void serve(Behaviour behaviour, SocketChannel client) {
    try (client) {
      behaviour.serve(this, client);
    } catch (IOException e) {
      return; // the client has gone
    }
  }

  static ByteBuffer bytes(int length) {
    return ByteBuffer.allocate(length);
  }

  static void send(SocketChannel client, ByteBuffer message) throws IOException {
    message.flip();
    while (message.hasRemaining()) {
      client.write(message);
    }
  }

  static ByteBuffer receive(SocketChannel client, int length) throws IOException {
    ByteBuffer message = bytes(length);
    while (message.hasRemaining()) {
      if (client.read(message) < 0) {
        throw new IOException("gone");
      }
    }
    return message.flip();
  }

  static void hello(SocketChannel client) throws IOException {
    send(
        client,
        bytes(18).putLong(0x4e42444d41474943L).putLong(0x49484156454f5054L).putShort((short) 3));
  }

  static void reply(SocketChannel client, int option, int type, ByteBuffer payload)
      throws IOException {
    payload.flip();
    ByteBuffer message = bytes(20 + payload.remaining());
    message.putLong(REPLY).putInt(option).putInt(type).putInt(payload.remaining()).put(payload);
    send(client, message);
  }

  /** Shakes hands as a good server does, on an export of this size. */
  static void shakeHands(SocketChannel client, long size) throws IOException {
    hello(client);
    ByteBuffer unused = receive(client, 4);
    while (true) {
      ByteBuffer head = receive(client, 16);
      int option = head.getInt(8);
      ByteBuffer unusedData = receive(client, head.getInt(12));
      if (option == 7) {
        ByteBuffer info = bytes(12).putShort((short) 0).putLong(size).putShort((short) 3);
        reply(client, option, 3, info);
      } else if (option == 10) {
        reply(client, option, 4, bytes(4 + 15).putInt(5).put("base:allocation".getBytes(UTF_8)));
      }
      reply(client, option, 1, bytes(0));
      if (option == 7) {
        return;
      }
    }
  }

  /** Sends a part of the reply to a request. */
  static void chunk(
      SocketChannel client, ByteBuffer request, boolean done, int type, ByteBuffer payload)
      throws IOException {
    payload.flip();
    ByteBuffer message = bytes(20 + payload.remaining());
    message.putInt(0x668e33ef).putShort((short) (done ? 1 : 0)).putShort((short) type);
    message.putLong(request.getLong(8)).putInt(payload.remaining()).put(payload);
    send(client, message);
  }

  @Override
  public void close() throws IOException {
    socket.close();
    synchronized (clients) {
      for (SocketChannel client : clients) {
        client.close();
      }
    }
  }
}
