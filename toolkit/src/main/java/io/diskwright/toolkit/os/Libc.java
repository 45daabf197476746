package io.diskwright.toolkit.os;

import com.sun.jna.Native;
import com.sun.jna.Platform;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * The C library's functions, mapped directly; numbers are those of Linux on x86-64 and arm64.
 *
 * <p>Buffers are direct and are used from their first byte on, whatever their position is.
 */
final class Libc {
  static final int O_RDONLY = 0;
  static final int O_RDWR = 2;
  static final int O_CREAT = 0x40;
  static final int O_EXCL = 0x80;
  static final int O_TMPFILE = 0x400000 | (Platform.isARM() ? 0x4000 : 0x10000);
  static final int O_CLOEXEC = 0x80000;
  static final int O_DIRECT = Platform.isARM() ? 0x10000 : 0x4000;
  static final int SEEK_DATA = 3;
  static final int SEEK_HOLE = 4;
  static final int F_OFD_GETLK = 36;
  static final int F_OFD_SETLK = 37;
  static final short F_RDLCK = 0;
  static final short F_WRLCK = 1;
  static final short F_UNLCK = 2;
  static final long FICLONE = 0x40049409L;
  static final long BLKDISCARD = 0x1277L;
  static final int AT_EMPTY_PATH = 0x1000;
  static final int STATX_BASIC_STATS = 0x7ff;
  static final int SYNC_FILE_RANGE_WRITE = 2;
  static final int FALLOC_FL_KEEP_SIZE = 1;
  static final int FALLOC_FL_PUNCH_HOLE = 2;
  static final int FALLOC_FL_ZERO_RANGE = 0x10;
  static final int FALLOC_FL_UNSHARE_RANGE = 0x40;

  static {
    Native.register(Libc.class, "c");
  }

  private Libc() {}

  static native int open(byte[] path, int flags, int mode);

  static native int close(int fd);

  static native int getpagesize();

  static native long pread(int fd, ByteBuffer buffer, long count, long offset);

  static native long pwrite(int fd, ByteBuffer buffer, long count, long offset);

  static native int ftruncate(int fd, long length);

  static native int fsync(int fd);

  static native int fchmod(int fd, int mode);

  static native long lseek(int fd, long offset, int whence);

  static native int ioctl(int fd, long request, long argument);

  static native int ioctl(int fd, long request, long[] argument);

  static native int ioctl(int fd, long request, byte[] argument);

  static native int fcntl(int fd, int command, byte[] argument);

  static native int sync_file_range(int fd, long offset, long length, int flags);

  static native int fallocate(int fd, int mode, long offset, long length);

  static native long copy_file_range(
      int from, long[] fromOffset, int to, long[] toOffset, long length, int flags);

  static native int statx(int folder, byte[] path, int flags, int mask, byte[] result);

  static native int renameat2(int fromFolder, byte[] from, int toFolder, byte[] to, int flags);

  static native int link(byte[] from, byte[] to);

  static native @Nullable String strerror(int errno);
}
