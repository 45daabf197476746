package io.diskwright.spi.backend;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a fill puts the bytes of a base: one attempt's own target, which nobody else writes.
 *
 * <p>The backend makes it before it calls {@link Fill#into} and ends it afterwards; a fill does not
 * close it, and has no call under way when it returns or throws. {@link #write} and {@link #zero}
 * may be called from any threads at once on ranges that do not overlap. After any failure, that of
 * {@link #flush} too, the sink is dead: nothing may be tried again, and the attempt is thrown away.
 */
public interface Sink {
  /** Returns how many bytes there are to fill: the request's length. */
  long size();

  /**
   * Returns whether what is never written reads as zeros, so that zeros need not be written.
   *
   * <p>True for a new sparse file, a new RBD image, a new thin volume; false for a linear volume.
   */
  boolean readsAsZero();

  /**
   * Returns how many bytes a write best has and is best aligned to; a hint, a power of two.
   *
   * @return the size of an object or stripe of the storage; 1 MiB unless overridden
   */
  default int preferredWriteSize() {
    return 1024 * 1024;
  }

  /**
   * Returns how many writes at once the storage is best kept busy with; a hint, 1 unless
   * overridden.
   */
  default int preferredWriters() {
    return 1;
  }

  /**
   * Reserves space for what will be written, before any of it is.
   *
   * <p>What is reserved is not given to others who reserve, on this host for local storage, until
   * the attempt ends; no space that the pool keeps free ({@link PoolContext#keepFree}) is given at
   * all. Called once at the most, and not when the fill takes no space, as when it shares blocks. A
   * storage that cannot tell how much is free does nothing.
   *
   * @param bytes how many bytes of storage writing will take at the most, 0 or more
   * @param call ends the wait for others who reserve just then
   * @throws DiskException with reason {@code NO_SPACE}, which names what is free, what others have
   *     reserved, what is kept free and what was wanted
   */
  void reserve(long bytes, Call call) throws DiskException;

  /**
   * Writes all of a buffer; it may not be durable before {@link #flush}.
   *
   * @param offset where, in bytes; with the buffer's remaining bytes not beyond {@link #size()}
   * @param source the bytes from its position to its limit, which the call moves its position to;
   *     the buffer may be direct or not, read-only or not, and is not kept. To a sink with several
   *     {@link #preferredWriters}, what core writes at a multiple of 4096 bytes is direct, and lies
   *     in memory at such a multiple, so that it can go past a page cache
   * @throws DiskException with reason {@code NO_SPACE}, {@code IO_ERROR} …
   * @throws IllegalArgumentException when the range is beyond the size
   */
  void write(long offset, ByteBuffer source) throws DiskException;

  /**
   * Makes just this range read as zeros, by the cheapest means the storage has.
   *
   * @param offset where, in bytes
   * @param length how many bytes
   * @throws DiskException as for {@link #write}
   * @throws IllegalArgumentException when the range is beyond the size
   */
  void zero(long offset, long length) throws DiskException;

  /**
   * Makes everything written so far durable.
   *
   * @throws DiskException as for {@link #write}
   */
  void flush() throws DiskException;

  /**
   * Returns the file or block device that holds just these bytes, when there is one that a tool of
   * this host may write.
   */
  Optional<Path> path();
}
