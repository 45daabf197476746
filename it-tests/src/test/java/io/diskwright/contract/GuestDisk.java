package io.diskwright.contract;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A disk as the machine sees it that has it open; one thread. */
public interface GuestDisk extends AutoCloseable {
  /** Returns how many bytes the machine sees. */
  long size() throws IOException;

  /** Reads until the buffer is full; the range is within the size. */
  void read(long offset, ByteBuffer target) throws IOException;

  /** Writes all of the buffer; the range is within the size. */
  void write(long offset, ByteBuffer source) throws IOException;

  @Override
  void close() throws IOException;
}
