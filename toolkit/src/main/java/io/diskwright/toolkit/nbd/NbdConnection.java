package io.diskwright.toolkit.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.diskwright.spi.image.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One connection to an NBD server, with one request at a time; one thread, but any may close it.
 *
 * <p>The parts of a reply are taken in the order of their offsets only, which is how QEMU sends
 * them.
 */
final class NbdConnection implements AutoCloseable {
  /** The most that is asked for at once; smaller reads cost both sides more processor time. */
  static final int LARGEST_READ = 1024 * 1024;

  private static final int REQUEST_MAGIC = 0x25609513;
  private static final int CHUNK_MAGIC = 0x668e33ef;
  private static final int CMD_READ = 0;
  private static final int CMD_DISC = 2;
  private static final int CMD_BLOCK_STATUS = 7;
  private static final int FLAG_DONE = 1;

  private static final int NONE = 0;
  private static final int OFFSET_DATA = 1;
  private static final int OFFSET_HOLE = 2;
  private static final int BLOCK_STATUS = 5;
  private static final int ERROR = 1 << 15;

  private static final int STATE_ZERO = 1 << 1;
  private static final int EXTENT = 8;
  private static final int LARGEST_STATUS = 4 + EXTENT * 128 * 1024;
  private static final int LARGEST_MESSAGE = 8 * 1024;

  private final NbdWire wire;
  private final NbdHandshake.Agreed agreed;
  private long cookie;

  private NbdConnection(NbdWire wire, NbdHandshake.Agreed agreed) {
    this.wire = wire;
    this.agreed = agreed;
  }

  static NbdConnection open(Path socket) throws IOException {
    NbdWire wire = NbdWire.connect(socket);
    try {
      return new NbdConnection(wire, NbdHandshake.agree(wire));
    } catch (IOException | RuntimeException e) {
      wire.close();
      throw e;
    }
  }

  long size() {
    return agreed.size();
  }

  /** A chunk's header. */
  private record Chunk(boolean done, int type, long length) {}

  private void request(int type, long offset, int length) throws IOException {
    cookie++;
    wire.send(
        ByteBuffer.allocate(28)
            .putInt(REQUEST_MAGIC)
            .putShort((short) 0)
            .putShort((short) type)
            .putLong(cookie)
            .putLong(offset)
            .putInt(length)
            .flip());
  }

  private Chunk chunk() throws IOException {
    ByteBuffer header = wire.receive(20);
    int magic = header.getInt();
    int flags = header.getShort();
    int type = Short.toUnsignedInt(header.getShort());
    long answered = header.getLong();
    long length = Integer.toUnsignedLong(header.getInt());
    if (magic != CHUNK_MAGIC || answered != cookie) {
      throw new NbdProtocolException("it answers what was not asked");
    }
    if ((type & ERROR) != 0) {
      throw failed(length);
    }
    return new Chunk((flags & FLAG_DONE) != 0, type, length);
  }

  /** The rest of the reply is left unread: nothing more is asked of a server that fails. */
  private IOException failed(long length) throws IOException {
    if (length < 6) {
      throw new NbdProtocolException("it fails without an error");
    }
    ByteBuffer payload = ByteBuffer.wrap(wire.receive(length, LARGEST_MESSAGE));
    int error = payload.getInt();
    int said = Short.toUnsignedInt(payload.getShort());
    String text = UTF_8.decode(payload.limit(Math.min(payload.limit(), 6 + said))).toString();
    return new IOException("the server cannot read it: %s (error %d)".formatted(text, error));
  }

  /** Reads just as many bytes as the buffer has room for; all must be within the export. */
  void read(long offset, ByteBuffer target) throws IOException {
    request(CMD_READ, offset, target.remaining());
    long end = offset + target.remaining();
    for (boolean done = false; !done; ) {
      int before = target.remaining();
      Chunk chunk = chunk();
      switch (chunk.type()) {
        case NONE -> requireLength(chunk, chunk.length() == 0 && chunk.done());
        case OFFSET_DATA -> data(chunk, end, target);
        case OFFSET_HOLE -> hole(chunk, end, target);
        default -> throw new NbdProtocolException("it answers a read with " + chunk);
      }
      done = chunk.done();
      requireLength(chunk, done || target.remaining() < before);
    }
    if (target.hasRemaining()) {
      throw new NbdProtocolException(
          "it leaves out %d bytes at %d".formatted(target.remaining(), end - target.remaining()));
    }
  }

  private void data(Chunk chunk, long end, ByteBuffer target) throws IOException {
    long length = chunk.length() - Long.BYTES;
    requireLength(chunk, length > 0 && length <= target.remaining());
    requireNext(wire.receive(Long.BYTES).getLong(), end, target);
    int limit = target.limit();
    target.limit(target.position() + (int) length);
    wire.receive(target);
    target.limit(limit);
  }

  private void hole(Chunk chunk, long end, ByteBuffer target) throws IOException {
    requireLength(chunk, chunk.length() == Long.BYTES + Integer.BYTES);
    ByteBuffer payload = wire.receive(Long.BYTES + Integer.BYTES);
    requireNext(payload.getLong(), end, target);
    long length = Integer.toUnsignedLong(payload.getInt());
    requireLength(chunk, length > 0 && length <= target.remaining());
    for (long i = 0; i < length; i++) {
      target.put((byte) 0);
    }
  }

  private static void requireNext(long offset, long end, ByteBuffer target)
      throws NbdProtocolException {
    if (offset != end - target.remaining()) {
      throw new NbdProtocolException(
          "it sends bytes at %d, and %d is next".formatted(offset, end - target.remaining()));
    }
  }

  private static void requireLength(Chunk chunk, boolean valid) throws NbdProtocolException {
    if (!valid) {
      throw new NbdProtocolException("the length of a part is wrong: " + chunk);
    }
  }

  /**
   * Returns what is in the beginning of a range, from its first byte on, neighbours of one kind
   * joined; all data when the server does not tell.
   */
  List<Extent> extents(long offset, int length) throws IOException {
    if (agreed.context() < 0) {
      return List.of(new Extent(offset, length, Extent.Kind.DATA));
    }
    request(CMD_BLOCK_STATUS, offset, length);
    List<Extent> extents = new ArrayList<>();
    for (boolean done = false; !done; ) {
      Chunk chunk = chunk();
      if (chunk.type() == BLOCK_STATUS && extents.isEmpty()) {
        extents = extents(chunk, offset, offset + length);
      } else if (chunk.type() != NONE || chunk.length() != 0 || !chunk.done()) {
        throw new NbdProtocolException("it answers with " + chunk);
      }
      done = chunk.done();
    }
    if (extents.isEmpty()) {
      throw new NbdProtocolException("it does not tell what is at " + offset);
    }
    return extents;
  }

  private List<Extent> extents(Chunk chunk, long offset, long end) throws IOException {
    requireLength(chunk, chunk.length() >= 4 + EXTENT && chunk.length() % EXTENT == 4);
    ByteBuffer payload = ByteBuffer.wrap(wire.receive(chunk.length(), LARGEST_STATUS));
    if (payload.getInt() != agreed.context()) {
      throw new NbdProtocolException("it tells what was not asked");
    }
    List<Extent> extents = new ArrayList<>();
    long at = offset;
    while (payload.hasRemaining() && at < end) {
      long length = Math.min(Integer.toUnsignedLong(payload.getInt()), end - at);
      boolean zero = (payload.getInt() & STATE_ZERO) != 0;
      requireLength(chunk, length > 0);
      join(extents, new Extent(at, length, zero ? Extent.Kind.ZERO : Extent.Kind.DATA));
      at += length;
    }
    return extents;
  }

  private static void join(List<Extent> extents, Extent next) {
    int last = extents.size() - 1;
    if (last >= 0 && extents.get(last).kind() == next.kind()) {
      Extent before = extents.get(last);
      extents.set(last, new Extent(before.offset(), before.length() + next.length(), next.kind()));
    } else {
      extents.add(next);
    }
  }

  /** Says good-bye, without waiting for an answer, and closes the socket. */
  void disconnect() throws IOException {
    try (wire) {
      request(CMD_DISC, 0, 0);
    }
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
