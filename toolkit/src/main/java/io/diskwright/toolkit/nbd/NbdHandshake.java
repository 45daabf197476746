package io.diskwright.toolkit.nbd;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What is agreed when a connection begins: fixed newstyle, structured replies, the meta context
 * {@code base:allocation}, and then the export without a name.
 */
final class NbdHandshake {
  private static final long INIT_PASSWORD = 0x4e42444d41474943L; // NBDMAGIC
  private static final long OPTION_MAGIC = 0x49484156454f5054L; // IHAVEOPT
  private static final long REPLY_MAGIC = 0x3e889045565a9L;
  private static final int FIXED_NEWSTYLE = 1;
  private static final int NO_ZEROES = 1 << 1;

  private static final int OPT_GO = 7;
  private static final int OPT_STRUCTURED_REPLY = 8;
  private static final int OPT_SET_META_CONTEXT = 10;

  private static final int REP_ACK = 1;
  private static final int REP_INFO = 3;
  private static final int REP_META_CONTEXT = 4;
  private static final int REP_ERROR = 1 << 31;

  private static final int INFO_EXPORT = 0;
  private static final int INFO_BLOCK_SIZE = 3;
  private static final int HAS_FLAGS = 1;
  private static final int LARGEST_REPLY = 8 * 1024;
  private static final int MOST_REPLIES = 64;
  private static final String ALLOCATION = "base:allocation";

  private final NbdWire wire;
  private long size = -1;
  private int context = -1;

  private NbdHandshake(NbdWire wire) {
    this.wire = wire;
  }

  /**
   * What was agreed.
   *
   * @param size of the export, in bytes
   * @param context the id under which the server tells what is zero, -1 when it does not
   */
  record Agreed(long size, int context) {}

  static Agreed agree(NbdWire wire) throws IOException {
    return new NbdHandshake(wire).agree();
  }

  private Agreed agree() throws IOException {
    ByteBuffer hello = wire.receive(18);
    if (hello.getLong() != INIT_PASSWORD || hello.getLong() != OPTION_MAGIC) {
      throw new NbdProtocolException("it does not begin as an NBD server does");
    }
    int flags = hello.getShort();
    if ((flags & FIXED_NEWSTYLE) == 0) {
      throw new NbdProtocolException("it does not know the fixed newstyle handshake");
    }
    wire.send(ByteBuffer.allocate(4).putInt(FIXED_NEWSTYLE | (flags & NO_ZEROES)).flip());
    if (ask(OPT_STRUCTURED_REPLY, ByteBuffer.allocate(0))) {
      boolean unused = ask(OPT_SET_META_CONTEXT, metaContext());
    } else {
      throw new NbdProtocolException("it does not know structured replies");
    }
    if (!ask(OPT_GO, go())) {
      throw new NbdProtocolException("it refuses the export");
    }
    if (size < 0) {
      throw new NbdProtocolException("it does not tell the size of the export");
    }
    return new Agreed(size, context);
  }

  private static ByteBuffer metaContext() {
    byte[] query = ALLOCATION.getBytes(UTF_8);
    return ByteBuffer.allocate(12 + query.length)
        .putInt(0) // the export without a name
        .putInt(1)
        .putInt(query.length)
        .put(query)
        .flip();
  }

  private static ByteBuffer go() {
    return ByteBuffer.allocate(8)
        .putInt(0)
        .putShort((short) 1)
        .putShort((short) INFO_BLOCK_SIZE)
        .flip();
  }

  /** Returns whether the server agrees. */
  private boolean ask(int option, ByteBuffer data) throws IOException {
    ByteBuffer question = ByteBuffer.allocate(16 + data.remaining());
    question.putLong(OPTION_MAGIC).putInt(option).putInt(data.remaining()).put(data);
    wire.send(question.flip());
    for (int replies = 0; replies < MOST_REPLIES; replies++) {
      ByteBuffer reply = wire.receive(20);
      if (reply.getLong() != REPLY_MAGIC || reply.getInt() != option) {
        throw new NbdProtocolException("it answers what was not asked");
      }
      int type = reply.getInt();
      ByteBuffer payload =
          ByteBuffer.wrap(wire.receive(Integer.toUnsignedLong(reply.getInt()), LARGEST_REPLY));
      if (type == REP_ACK || (type & REP_ERROR) != 0) {
        return type == REP_ACK;
      }
      hear(type, payload);
    }
    throw new NbdProtocolException("its answers to one option do not end");
  }

  private void hear(int type, ByteBuffer payload) throws NbdProtocolException {
    if (type == REP_META_CONTEXT && payload.remaining() >= 4) {
      int id = payload.getInt();
      if (UTF_8.decode(payload).toString().equals(ALLOCATION)) {
        context = id;
      }
    } else if (type == REP_INFO && payload.remaining() >= 2 && payload.getShort() == INFO_EXPORT) {
      export(payload);
    }
  }

  private void export(ByteBuffer payload) throws NbdProtocolException {
    if (payload.remaining() != 10) {
      throw new NbdProtocolException("it describes the export in a way of its own");
    }
    size = payload.getLong();
    if (size < 0 || (payload.getShort() & HAS_FLAGS) == 0) {
      throw new NbdProtocolException("the export's size is %d bytes".formatted(size));
    }
  }
}
