package io.diskwright.toolkit.os;

import com.sun.jna.Native;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * An open file with the calls that Java's own channels lack: reflink, extents, hole punching, locks
 * of the open file description, no-replace rename.
 *
 * <p>Any thread may read and write at offsets; who closes it sees to it that nobody uses it any
 * more. An interrupt of a thread does nothing to it. Close is idempotent; every other call after it
 * throws {@link IllegalStateException}.
 */
public final class NativeFile implements AutoCloseable {
  private static final Charset NAMES =
      Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"));
  private static final int BOUNCE = 256 * 1024;
  private static final ThreadLocal<ByteBuffer> BOUNCE_BUFFER =
      ThreadLocal.withInitial(() -> ByteBuffer.allocateDirect(BOUNCE));
  private static final int RENAME_NOREPLACE = 1;
  private static final int AT_FDCWD = -100;

  private final Path path;
  private volatile int fd;

  private NativeFile(Path path, int fd) {
    this.path = path;
    this.fd = fd;
  }

  /** Opens a file or folder for reading. */
  public static NativeFile openRead(Path path) throws OsException {
    return open(path, Libc.O_RDONLY, 0);
  }

  /** Opens a file for reading and writing. */
  public static NativeFile openWrite(Path path) throws OsException {
    return open(path, Libc.O_RDWR, 0);
  }

  /**
   * Makes a new file and opens it for reading and writing.
   *
   * @throws OsException with {@code EEXIST} when it is there
   */
  public static NativeFile createNew(Path path, int mode) throws OsException {
    return open(path, Libc.O_RDWR | Libc.O_CREAT | Libc.O_EXCL, mode);
  }

  /**
   * Makes a new file that has no name, and is gone when it is closed.
   *
   * <p>Where the file system cannot make one, it has a name for a moment.
   *
   * @param folder where it takes up space; what {@link #path} returns
   */
  public static NativeFile createUnnamed(Path folder, int mode) throws IOException {
    byte[] name = name(folder);
    int fd = Libc.open(name, Libc.O_RDWR | Libc.O_TMPFILE | Libc.O_CLOEXEC, mode);
    if (fd >= 0) {
      return new NativeFile(folder, fd);
    }
    int errno = Native.getLastError();
    if (errno != Errno.EOPNOTSUPP && errno != Errno.EISDIR) {
      throw new OsException("open", folder, errno);
    }
    NativeFile named = createNew(folder.resolve(".unnamed-" + UUID.randomUUID()), mode);
    Files.delete(named.path());
    return named;
  }

  /** Opens a file for reading and writing, and makes it when it is not there. */
  public static NativeFile openOrCreate(Path path, int mode) throws OsException {
    return open(path, Libc.O_RDWR | Libc.O_CREAT, mode);
  }

  static NativeFile open(Path path, int flags, int mode) throws OsException {
    byte[] name = name(path);
    int fd;
    do {
      fd = Libc.open(name, flags | Libc.O_CLOEXEC, mode);
    } while (fd < 0 && Native.getLastError() == Errno.EINTR);
    check(fd, "open", path);
    return new NativeFile(path, fd);
  }

  /**
   * Gives a file another name in one step, unless that name is taken.
   *
   * <p>File systems that cannot rename without replacing get a second name for the file and then
   * lose the first, which is atomic for who looks at the new name.
   *
   * @throws OsException with {@code EEXIST} when {@code to} is there
   */
  public static void renameNoReplace(Path from, Path to) throws IOException {
    byte[] fromName = name(from);
    byte[] toName = name(to);
    int result = Libc.renameat2(AT_FDCWD, fromName, AT_FDCWD, toName, RENAME_NOREPLACE);
    if (result == 0) {
      return;
    }
    int errno = Native.getLastError();
    if (errno != Errno.EINVAL && errno != Errno.ENOSYS) {
      throw new OsException("rename to " + to, from, errno);
    }
    check(Libc.link(fromName, toName), "link to " + to, from);
    Files.delete(from);
  }

  /** Makes the names in a folder durable. */
  public static void syncFolder(Path folder) throws OsException {
    try (NativeFile file = openRead(folder)) {
      file.sync();
    }
  }

  /**
   * Returns a path that leads to just this open file, for other processes of the same user and for
   * as long as it is open, whatever becomes of the name it was opened by.
   */
  public Path openPath() {
    return Path.of(
        "/proc", Long.toString(ProcessHandle.current().pid()), "fd", Integer.toString(fd()));
  }

  /** Returns the path it was opened by. */
  public Path path() {
    return path;
  }

  /**
   * Reads until the buffer is full or the file ends.
   *
   * @return the number of bytes read
   */
  public int read(long offset, ByteBuffer target) throws OsException {
    int done = 0;
    while (target.hasRemaining()) {
      ByteBuffer direct = target.isDirect() ? target.slice() : bounce(target.remaining());
      long read = Libc.pread(fd(), direct, direct.remaining(), offset + done);
      if (read < 0 && Native.getLastError() == Errno.EINTR) {
        continue;
      }
      check(read, "read", path);
      if (read == 0) {
        break;
      }
      if (target.isDirect()) {
        target.position(target.position() + (int) read);
      } else {
        target.put(direct.limit((int) read));
      }
      done += (int) read;
    }
    return done;
  }

  /** Writes all of the buffer. */
  public void write(long offset, ByteBuffer source) throws OsException {
    long at = offset;
    while (source.hasRemaining()) {
      ByteBuffer direct;
      if (source.isDirect()) {
        direct = source.slice();
      } else {
        direct = bounce(source.remaining());
        direct.put(0, source, source.position(), direct.remaining());
      }
      long written = Libc.pwrite(fd(), direct, direct.remaining(), at);
      if (written < 0 && Native.getLastError() == Errno.EINTR) {
        continue;
      }
      check(written, "write", path);
      source.position(source.position() + (int) written);
      at += written;
    }
  }

  private static ByteBuffer bounce(int length) {
    return BOUNCE_BUFFER.get().clear().limit(Math.min(BOUNCE, length));
  }

  /** Sets the length; a longer file reads as zeros at its new end. */
  public void truncate(long length) throws OsException {
    check(Libc.ftruncate(fd(), length), "truncate", path);
  }

  /**
   * Makes the file at least this long, in one step that never shortens it, whoever else does the
   * same; its new end reads as zeros.
   */
  public void extend(long length) throws OsException {
    int result = Libc.fallocate(fd(), 0, length - 1, 1);
    if (result != 0 && Native.getLastError() == Errno.EOPNOTSUPP) {
      if (stat().size() < length) {
        truncate(length);
      }
    } else {
      check(result, "extend", path);
    }
  }

  /** Makes bytes and attributes durable. */
  public void sync() throws OsException {
    check(Libc.fsync(fd()), "fsync", path);
  }

  /**
   * Has the kernel begin to write a range to the storage, without waiting; a later {@link #sync}
   * then has less to do. It proves nothing, and a file system that cannot is left to itself.
   */
  public void startWriteback(long offset, long length) {
    int unused = Libc.sync_file_range(fd(), offset, length, Libc.SYNC_FILE_RANGE_WRITE);
  }

  /** Sets the permission bits. */
  public void mode(int mode) throws OsException {
    check(Libc.fchmod(fd(), mode), "chmod", path);
  }

  /** Returns what the file system says of it. */
  public FileStat stat() throws OsException {
    ByteBuffer statx = statx();
    return new FileStat(
        device(statx.getInt(136), statx.getInt(140)),
        statx.getLong(32),
        statx.getLong(40),
        statx.getInt(16),
        statx.getShort(28) & 0xffff,
        Instant.ofEpochSecond(statx.getLong(112), statx.getInt(120)),
        Instant.ofEpochSecond(statx.getLong(96), statx.getInt(104)));
  }

  /** Returns how many bytes the file system has allocated to it; shared blocks count too. */
  public long allocated() throws OsException {
    return 512 * statx().getLong(48);
  }

  private ByteBuffer statx() throws OsException {
    byte[] raw = new byte[256];
    check(
        Libc.statx(fd(), new byte[1], Libc.AT_EMPTY_PATH, Libc.STATX_BASIC_STATS, raw),
        "stat",
        path);
    return ByteBuffer.wrap(raw).order(ByteOrder.nativeOrder());
  }

  /** Makes one number of two as the C library's makedev does, and with it {@link FileStat#of}. */
  private static long device(long major, long minor) {
    return ((major & 0xfff) << 8)
        | ((major & ~0xfffL) << 32)
        | (minor & 0xff)
        | ((minor & ~0xffL) << 12);
  }

  /**
   * Shares all of another file's blocks with this one (FICLONE), which is as long afterwards.
   *
   * @return whether the file system could; nothing has changed when it could not
   */
  public boolean reflinkFrom(NativeFile source) throws OsException {
    if (Libc.ioctl(fd(), Libc.FICLONE, source.fd()) == 0) {
      return true;
    }
    int errno = Native.getLastError();
    return switch (errno) {
      case Errno.EOPNOTSUPP, Errno.EXDEV, Errno.EINVAL, Errno.ENOTTY, Errno.ENOSYS -> false;
      default -> throw new OsException("reflink from " + source.path, path, errno);
    };
  }

  /**
   * Returns whether the file system can share blocks between files, without changing anything: it
   * is asked to share this file with itself, which it refuses as unsupported or as senseless.
   */
  public boolean canReflink() throws OsException {
    if (Libc.ioctl(fd(), Libc.FICLONE, fd()) == 0) {
      return true;
    }
    int errno = Native.getLastError();
    return switch (errno) {
      case Errno.EINVAL -> true;
      case Errno.EOPNOTSUPP, Errno.ENOTTY, Errno.ENOSYS, Errno.EXDEV -> false;
      default -> throw new OsException("ask for reflinks of", path, errno);
    };
  }

  /** Returns where the next data at or behind an offset begins; empty when there is none. */
  public OptionalLong nextData(long offset) throws OsException {
    return seek(offset, Libc.SEEK_DATA);
  }

  /** Returns where the next hole at or behind an offset begins; the end of the file is one. */
  public OptionalLong nextHole(long offset) throws OsException {
    return seek(offset, Libc.SEEK_HOLE);
  }

  private OptionalLong seek(long offset, int whence) throws OsException {
    long found = Libc.lseek(fd(), offset, whence);
    if (found < 0 && Native.getLastError() == Errno.ENXIO) {
      return OptionalLong.empty();
    }
    check(found, "seek", path);
    return OptionalLong.of(found);
  }

  /**
   * Copies bytes inside the kernel.
   *
   * @return the number of bytes copied, 0 at the end of the source, -1 when the kernel cannot copy
   *     between these two files
   */
  public long copyRangeFrom(NativeFile source, long sourceOffset, long offset, long length)
      throws OsException {
    long copied =
        Libc.copy_file_range(
            source.fd(), new long[] {sourceOffset}, fd(), new long[] {offset}, length, 0);
    if (copied >= 0) {
      return copied;
    }
    int errno = Native.getLastError();
    return switch (errno) {
      case Errno.EXDEV, Errno.EINVAL, Errno.EOPNOTSUPP, Errno.ENOSYS -> -1;
      default -> throw new OsException("copy from " + source.path, path, errno);
    };
  }

  /**
   * Sets storage aside for a range, which keeps its bytes; the file grows to the range's end.
   * Blocks that are shared with other files are copied where the file system can, because writing
   * to them would take new ones.
   */
  public void allocate(long offset, long length) throws OsException {
    int result = Libc.fallocate(fd(), Libc.FALLOC_FL_UNSHARE_RANGE, offset, length);
    if (result != 0 && Native.getLastError() == Errno.EOPNOTSUPP) {
      result = Libc.fallocate(fd(), 0, offset, length);
    }
    check(result, "fallocate", path);
  }

  /**
   * Makes a hole of a range, which then reads as zeros.
   *
   * @return whether the file system could
   */
  public boolean punchHole(long offset, long length) throws OsException {
    int mode = Libc.FALLOC_FL_PUNCH_HOLE | Libc.FALLOC_FL_KEEP_SIZE;
    int result = Libc.fallocate(fd(), mode, offset, length);
    if (result != 0 && Native.getLastError() == Errno.EOPNOTSUPP) {
      return false;
    }
    check(result, "punch hole", path);
    return true;
  }

  /**
   * Takes a lock on a range for this open file, without waiting (F_OFD_SETLK).
   *
   * <p>Such locks belong to the open file, not to the process: two opens in one JVM exclude each
   * other, and closing another open of the same file gives nothing back.
   *
   * @return whether it was taken
   */
  public boolean tryLock(long offset, long length, boolean exclusive) throws OsException {
    short type = exclusive ? Libc.F_WRLCK : Libc.F_RDLCK;
    int result = Libc.fcntl(fd(), Libc.F_OFD_SETLK, flock(type, offset, length));
    if (result != 0) {
      int errno = Native.getLastError();
      if (errno == Errno.EAGAIN || errno == Errno.EACCES) {
        return false;
      }
    }
    check(result, "lock", path);
    return true;
  }

  /** Gives a range's lock back. */
  public void unlock(long offset, long length) throws OsException {
    check(Libc.fcntl(fd(), Libc.F_OFD_SETLK, flock(Libc.F_UNLCK, offset, length)), "unlock", path);
  }

  /** Returns whether some other open file has a lock on a range, shared or exclusive. */
  public boolean isLockedByOthers(long offset, long length) throws OsException {
    byte[] flock = flock(Libc.F_WRLCK, offset, length);
    check(Libc.fcntl(fd(), Libc.F_OFD_GETLK, flock), "ask for lock of", path);
    return ByteBuffer.wrap(flock).order(ByteOrder.nativeOrder()).getShort(0) != Libc.F_UNLCK;
  }

  private static byte[] flock(short type, long offset, long length) {
    byte[] flock = new byte[32];
    ByteBuffer.wrap(flock)
        .order(ByteOrder.nativeOrder())
        .putShort(0, type)
        .putLong(8, offset)
        .putLong(16, length);
    return flock;
  }

  /**
   * Asks a device's driver for something (ioctl(2)).
   *
   * @param call what it is called, for messages
   * @param request the request's number
   * @param argument what the driver reads, and overwrites with its answer
   */
  public void control(String call, long request, byte[] argument) throws OsException {
    check(Libc.ioctl(fd(), request, argument), call, path);
  }

  @Override
  public void close() throws OsException {
    int closing = fd;
    fd = -1;
    if (closing >= 0) {
      check(Libc.close(closing), "close", path);
    }
  }

  int fd() {
    int open = fd;
    if (open < 0) {
      throw new IllegalStateException("file (%s) is closed".formatted(path));
    }
    return open;
  }

  static void check(long result, String call, Object target) throws OsException {
    if (result < 0) {
      throw new OsException(call, target, Native.getLastError());
    }
  }

  private static byte[] name(Path path) {
    byte[] bytes = path.toString().getBytes(NAMES);
    return Arrays.copyOf(bytes, bytes.length + 1);
  }
}
