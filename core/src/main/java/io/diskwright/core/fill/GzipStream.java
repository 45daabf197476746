package io.diskwright.core.fill;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import java.util.zip.ZipException;

/**
 * Unpacks gzip (RFC 1952): all members, one behind the other, and nothing else behind them. One
 * thread.
 *
 * <p>The JDK's own takes whatever follows a member, a failure to read it too, for the end.
 */
final class GzipStream extends InputStream {
  private static final int BUFFER = 64 * 1024;
  private static final int DEFLATE = 8;
  private static final int HAS_CHECKSUM = 1 << 1;
  private static final int HAS_EXTRA = 1 << 2;
  private static final int HAS_NAME = 1 << 3;
  private static final int HAS_COMMENT = 1 << 4;
  private static final int RESERVED = 0xe0;

  private final InputStream packed;
  private final Inflater inflater = new Inflater(true);
  private final CRC32 checksum = new CRC32(); // of a header, then of what it is followed by
  private final byte[] buffer = new byte[BUFFER];
  private int position;
  private int limit;
  private boolean ended;

  /**
   * Reads the first header.
   *
   * @throws IOException when there is none
   */
  GzipStream(InputStream packed) throws IOException {
    this.packed = packed;
    readHeader(next());
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : Byte.toUnsignedInt(one[0]);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    while (!ended && length > 0) {
      int read = inflate(target, offset, length);
      if (read > 0) {
        checksum.update(target, offset, read);
        return read;
      }
      if (inflater.finished()) {
        endMember();
      } else if (inflater.needsDictionary()) {
        throw new ZipException("it needs a dictionary");
      } else {
        fill();
        inflater.setInput(buffer, 0, limit);
      }
    }
    return length == 0 ? 0 : -1;
  }

  private int inflate(byte[] target, int offset, int length) throws IOException {
    try {
      return inflater.inflate(target, offset, length);
    } catch (DataFormatException e) {
      ZipException failure = new ZipException(e.getMessage());
      failure.initCause(e);
      throw failure;
    }
  }

  private void endMember() throws IOException {
    position = limit - inflater.getRemaining();
    if (nextInt() != (int) checksum.getValue() || nextInt() != (int) inflater.getBytesWritten()) {
      throw new ZipException("its checksum is wrong");
    }
    int first = nextOrEnd();
    if (first < 0) {
      ended = true;
    } else {
      readHeader(first);
    }
  }

  private void readHeader(int first) throws IOException {
    checksum.reset();
    checksum.update(first);
    if (first != 0x1f || headerByte() != 0x8b) {
      throw new ZipException("something else is where a member is to begin");
    }
    int method = headerByte();
    int flags = headerByte();
    if (method != DEFLATE || (flags & RESERVED) != 0) {
      throw new ZipException("a member is packed in an unknown way");
    }
    skip(6); // time, how hard it tried, operating system
    if ((flags & HAS_EXTRA) != 0) {
      skip(headerByte() | headerByte() << 8);
    }
    if ((flags & HAS_NAME) != 0) {
      skipText();
    }
    if ((flags & HAS_COMMENT) != 0) {
      skipText();
    }
    int sum = (int) checksum.getValue() & 0xffff;
    if ((flags & HAS_CHECKSUM) != 0 && (next() | next() << 8) != sum) {
      throw new ZipException("the checksum of a member's header is wrong");
    }
    checksum.reset();
    inflater.reset();
    inflater.setInput(buffer, position, limit - position);
  }

  private void skip(int bytes) throws IOException {
    for (int i = 0; i < bytes; i++) {
      int unused = headerByte();
    }
  }

  private void skipText() throws IOException {
    int letter = headerByte();
    while (letter != 0) {
      letter = headerByte();
    }
  }

  private int headerByte() throws IOException {
    int next = next();
    checksum.update(next);
    return next;
  }

  private int nextInt() throws IOException {
    return next() | next() << 8 | next() << 16 | next() << 24;
  }

  private int next() throws IOException {
    int next = nextOrEnd();
    if (next < 0) {
      throw new EOFException("it ends too early");
    }
    return next;
  }

  private int nextOrEnd() throws IOException {
    if (position == limit && !filled()) {
      return -1;
    }
    return Byte.toUnsignedInt(buffer[position++]);
  }

  private void fill() throws IOException {
    if (!filled()) {
      throw new EOFException("it ends too early");
    }
  }

  private boolean filled() throws IOException {
    position = 0;
    limit = Math.max(0, packed.read(buffer, 0, BUFFER));
    return limit > 0;
  }

  @Override
  public void close() throws IOException {
    inflater.end();
    packed.close();
  }
}
