package io.diskwright.spi.image;

import io.diskwright.spi.error.DiskException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Bytes of a known size that can be read at offsets; any thread, until it is closed.
 *
 * <p>Close does nothing the second time; every other call after it throws {@link
 * IllegalStateException}.
 */
public interface Content extends AutoCloseable {
  /** Returns how many bytes there are. */
  long size();

  /**
   * Returns what is at an offset: the longest range that starts there and is cheaply known to be of
   * one kind.
   *
   * @param offset 0 to {@link #size()} - 1
   * @return a range that starts at {@code offset} and ends at {@link #size()} at the latest; one
   *     that is not known to be zero is data
   * @throws DiskException when it could not be asked
   */
  Extent extentAt(long offset) throws DiskException;

  /**
   * Reads bytes until the buffer is full or the end is reached.
   *
   * @param offset where to read, 0 or more
   * @param target takes the bytes, from its position on, which is moved
   * @return the number of bytes read: all that the buffer has room for, fewer only at the end, 0 at
   *     or behind the end
   * @throws DiskException when reading fails
   */
  int read(long offset, ByteBuffer target) throws DiskException;

  /**
   * Returns a local file with just these bytes that a tool of the same user may read until this is
   * closed, when there is one. It leads to what is open here, whatever becomes of any name.
   *
   * <p>A faster way past {@link #read} for who can use it; nobody has to.
   */
  Optional<Path> path();

  @Override
  void close() throws DiskException;
}
