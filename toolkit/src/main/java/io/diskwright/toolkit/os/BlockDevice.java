package io.diskwright.toolkit.os;

import com.sun.jna.Native;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A block device that is read and written past the page cache.
 *
 * <p>All offsets and lengths are multiples of {@link #BLOCK}. Any thread may read and write; who
 * closes it sees to it that nobody uses it any more. Close is idempotent; every other call after it
 * throws {@link IllegalStateException}.
 */
public final class BlockDevice implements AutoCloseable {
  /** What devices and the kernel take at the least, in bytes. */
  public static final int BLOCK = 4096;

  /** 64 KiB on some machines with arm64. */
  private static final int PAGE = Math.max(BLOCK, Libc.getpagesize());

  private final NativeFile device;

  private BlockDevice(NativeFile device) {
    this.device = device;
  }

  /** Opens a device, or a file of a file system that can do without the page cache. */
  public static BlockDevice openWrite(Path path) throws OsException {
    return new BlockDevice(NativeFile.open(path, Libc.O_RDWR | Libc.O_DIRECT, 0));
  }

  /** Opens a device, or such a file, to be read only. */
  public static BlockDevice openRead(Path path) throws OsException {
    return new BlockDevice(NativeFile.open(path, Libc.O_RDONLY | Libc.O_DIRECT, 0));
  }

  /** Returns a buffer that {@link #read} and {@link #write} take. */
  public static ByteBuffer buffer(int capacity) {
    int blocks = Math.addExact(capacity, BLOCK - 1) / BLOCK;
    ByteBuffer aligned = ByteBuffer.allocateDirect((blocks + 1) * BLOCK).alignedSlice(BLOCK);
    return aligned.slice(0, capacity);
  }

  /**
   * Returns whether some bytes may be written past the page cache while others write through it:
   * they fill whole pages of it, and lie in memory where {@link #write} needs them.
   */
  public static boolean fillsPages(long offset, ByteBuffer bytes) {
    return offset % PAGE == 0
        && bytes.remaining() % PAGE == 0
        && bytes.isDirect()
        && bytes.alignmentOffset(bytes.position(), BLOCK) == 0;
  }

  /** Returns the path it was opened by. */
  public Path path() {
    return device.path();
  }

  /**
   * Fills a buffer of {@link #buffer}, from its start.
   *
   * @return the number of bytes read, fewer when the device ends
   */
  public int read(long offset, ByteBuffer target) throws OsException {
    return device.read(offset, target);
  }

  /** Writes all that remains in a buffer of {@link #buffer}, from its start. */
  public void write(long offset, ByteBuffer source) throws OsException {
    device.write(offset, source);
  }

  /**
   * Has a range read as zeros; the kernel writes them when the device cannot do it by itself, and
   * says nothing until that is done. What lies there is not given back ({@code BLKDEV_ZERO_NOUNMAP}
   * in Linux's {@code block/fops.c}).
   */
  public void zero(long offset, long length) throws OsException {
    int mode = Libc.FALLOC_FL_ZERO_RANGE | Libc.FALLOC_FL_KEEP_SIZE;
    NativeFile.check(Libc.fallocate(device.fd(), mode, offset, length), "write zeros to", path());
  }

  /**
   * Tells the device that nobody needs what is in a range (BLKDISCARD); how it reads then, the
   * device decides.
   *
   * @return whether the device can
   */
  public boolean discard(long offset, long length) throws OsException {
    int result = Libc.ioctl(device.fd(), Libc.BLKDISCARD, new long[] {offset, length});
    if (result != 0) {
      int errno = Native.getLastError();
      if (errno == Errno.EOPNOTSUPP || errno == Errno.ENOTTY) {
        return false;
      }
      throw new OsException("discard", path(), errno);
    }
    return true;
  }

  /** Waits until the device has stored what was written. */
  public void sync() throws OsException {
    device.sync();
  }

  @Override
  public void close() throws OsException {
    device.close();
  }
}
