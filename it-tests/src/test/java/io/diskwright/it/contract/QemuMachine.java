package io.diskwright.it.contract;

import io.diskwright.contract.GuestDisk;
import io.diskwright.spi.backend.Attachment;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Uses a disk as QEMU does that runs a machine: opens it by its attachment, whatever the storage,
 * in a qemu-storage-daemon, and reads and writes through it by the NBD protocol.
 */
final class QemuMachine implements GuestDisk {
  private static final String SOCKET = "nbd";
  private static final long NBD_MAGIC = 0x4e42444d41474943L;
  private static final long I_HAVE_OPT = 0x49484156454f5054L;
  private static final int FIXED_NEWSTYLE = 1;
  private static final int NO_ZEROES = 2;
  private static final int EXPORT_NAME = 1;
  private static final int REQUEST = 0x25609513;
  private static final int REPLY = 0x67446698;
  private static final short READ = 0;
  private static final short WRITE = 1;
  private static final int CHUNK = 4 * 1024 * 1024;

  private final Qemu qemu;
  private final Path folder;
  private final SocketChannel nbd;
  private final long size;

  private QemuMachine(Qemu qemu, Path folder, SocketChannel nbd) throws IOException {
    this.qemu = qemu;
    this.folder = folder;
    this.nbd = nbd;
    this.size = negotiate();
  }

  static QemuMachine start(Attachment disk) throws IOException {
    Path folder = Files.createTempDirectory("qemu");
    Path socket = folder.resolve(SOCKET);
    boolean started = false;
    try {
      Qemu qemu = export(disk, socket);
      SocketChannel nbd = SocketChannel.open(StandardProtocolFamily.UNIX);
      nbd.connect(UnixDomainSocketAddress.of(socket));
      QemuMachine machine = new QemuMachine(qemu, folder, nbd);
      started = true;
      return machine;
    } finally {
      if (!started) {
        Files.deleteIfExists(socket);
        Files.delete(folder);
      }
    }
  }

  private static Qemu export(Attachment disk, Path socket) throws IOException {
    return Qemu.storageDaemon(
        disk,
        "--nbd-server",
        "addr.type=unix,addr.path=" + socket,
        "--export",
        "type=nbd,id=export,name=,writable=on,node-name=" + Qemu.NODE);
  }

  private long negotiate() throws IOException {
    ByteBuffer hello = receive(8 + 8 + 2);
    if (hello.getLong() != NBD_MAGIC || hello.getLong() != I_HAVE_OPT) {
      throw new IOException("this is no NBD server");
    }
    ByteBuffer choice = ByteBuffer.allocate(4 + 8 + 4 + 4);
    choice.putInt(FIXED_NEWSTYLE | NO_ZEROES).putLong(I_HAVE_OPT).putInt(EXPORT_NAME).putInt(0);
    send(choice.flip());
    ByteBuffer export = receive(8 + 2);
    return export.getLong();
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long offset, ByteBuffer target) throws IOException {
    long at = offset;
    while (target.hasRemaining()) {
      int length = Math.min(CHUNK, target.remaining());
      send(request(READ, at, length));
      receiveReply();
      target.put(receive(length));
      at += length;
    }
  }

  @Override
  public void write(long offset, ByteBuffer source) throws IOException {
    long at = offset;
    while (source.hasRemaining()) {
      int length = Math.min(CHUNK, source.remaining());
      send(request(WRITE, at, length));
      send(source.slice(source.position(), length));
      source.position(source.position() + length);
      receiveReply();
      at += length;
    }
  }

  private static ByteBuffer request(short type, long offset, int length) {
    return ByteBuffer.allocate(28)
        .putInt(REQUEST)
        .putShort((short) 0)
        .putShort(type)
        .putLong(0)
        .putLong(offset)
        .putInt(length)
        .flip();
  }

  private void receiveReply() throws IOException {
    ByteBuffer reply = receive(16);
    int magic = reply.getInt();
    int error = reply.getInt();
    if (magic != REPLY || error != 0) {
      throw new IOException("NBD reply %x, error %d".formatted(magic, error));
    }
  }

  private void send(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      nbd.write(bytes);
    }
  }

  private ByteBuffer receive(int length) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(length);
    while (bytes.hasRemaining()) {
      if (nbd.read(bytes) < 0) {
        throw new IOException("the NBD server went away");
      }
    }
    return bytes.flip();
  }

  @Override
  public void close() throws IOException {
    nbd.close();
    qemu.close();
    Files.deleteIfExists(folder.resolve(SOCKET));
    Files.delete(folder);
  }
}
