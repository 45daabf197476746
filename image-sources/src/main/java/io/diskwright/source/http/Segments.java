package io.diskwright.source.http;

import io.diskwright.spi.error.DiskException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of an image between those who fetch them and the one who reads them: a row of segments
 * of one size, some of which are in memory. Segments are begun in order and may be filled at the
 * same time; their bytes are read in order, also of one that is still being filled.
 */
final class Segments {
  /** A part of the image in memory; written by one thread. */
  final class Segment {
    private final long number;
    private final byte[] bytes;
    private int filled;
    private boolean done;

    private Segment(long number, byte[] bytes) {
      this.number = number;
      this.bytes = bytes;
    }

    long number() {
      return number;
    }

    /** Returns the offset in the image of its first byte. */
    long offset() {
      return number * size;
    }

    byte[] bytes() {
      return bytes;
    }

    /** Lets the reader have the bytes up to there. */
    void filledTo(int count) {
      synchronized (Segments.this) {
        filled = count;
        Segments.this.notifyAll();
      }
    }

    /** Tells that it has all of its bytes; with fewer than others, the image ends here. */
    void done() {
      synchronized (Segments.this) {
        done = true;
        Segments.this.notifyAll();
      }
    }
  }

  private final int size;
  private final @Nullable Segment[] inMemory;
  private final long count;
  private long begun;
  private long reading;
  private int readOf;
  private boolean closed;
  private @Nullable DiskException failure;

  /**
   * Makes a row.
   *
   * @param size the size of a segment
   * @param most how many are in memory at once
   * @param count how many there are; {@link Long#MAX_VALUE} when not known
   */
  Segments(int size, int most, long count) {
    this.size = size;
    this.inMemory = new Segment[most];
    this.count = count;
  }

  int size() {
    return size;
  }

  /** Waits until there is room for the next segment; null when there are no more to begin. */
  @Nullable Segment next(Fetch fetch) throws DiskException {
    while (true) {
      fetch.check();
      synchronized (this) {
        if (closed || failure != null || begun == count) {
          return null;
        }
        if (begun < reading + inMemory.length) {
          return begin();
        }
        Waiting.on(this, Waiting.STEP_NANOS);
      }
    }
  }

  private Segment begin() {
    int slot = (int) (begun % inMemory.length);
    Segment old = inMemory[slot];
    Segment segment = new Segment(begun, old == null ? new byte[size] : old.bytes);
    inMemory[slot] = segment;
    begun++;
    notifyAll();
    return segment;
  }

  /** Lets the reader fail. */
  synchronized void fail(DiskException e) {
    if (failure == null) {
      failure = e;
    }
    notifyAll();
  }

  /** Lets no more segments begin. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /**
   * Reads what is there, and waits until there is something.
   *
   * @return how many bytes; -1 at the end
   */
  int read(ByteBuffer target, Fetch reader) throws DiskException {
    while (true) {
      reader.check();
      Segment segment;
      int available;
      synchronized (this) {
        if (failure != null) {
          throw failure;
        }
        if (reading == count) {
          return -1;
        }
        segment = inMemory[(int) (reading % inMemory.length)];
        available = segment == null || segment.number != reading ? 0 : segment.filled - readOf;
        if (available == 0 && isEnd(segment)) {
          return -1;
        }
        if (available == 0) {
          Waiting.on(this, Waiting.STEP_NANOS);
          continue;
        }
      }
      int read = Math.min(available, target.remaining());
      target.put(segment.bytes, readOf, read);
      advance(segment, read);
      return read;
    }
  }

  /** The one segment that is shorter than others is the last. */
  private boolean isEnd(@Nullable Segment segment) {
    return segment != null && segment.number == reading && segment.done;
  }

  private synchronized void advance(Segment segment, int read) {
    readOf += read;
    if (readOf == size || (segment.done && readOf == segment.filled && reading == count - 1)) {
      reading++;
      readOf = 0;
      notifyAll();
    }
  }
}
