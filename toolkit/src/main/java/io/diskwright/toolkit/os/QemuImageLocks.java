package io.diskwright.toolkit.os;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The locks by which QEMU tells that it has an image open; held until they are closed.
 *
 * <p>QEMU's file driver (block/file-posix.c) holds shared locks of its open file on single bytes:
 * from 100 on for what it does with the image, from 200 on for what it does not let others do. It
 * takes its own first, and then looks whether others have any that rule them out.
 */
public final class QemuImageLocks implements AutoCloseable {
  private static final long PERMISSIONS = 100;
  private static final long SHARED = 200;
  private static final long COUNT = 64;

  private final NativeFile file;

  private QemuImageLocks(NativeFile file) {
    this.file = file;
  }

  /**
   * Returns whether some QEMU program of this host has a file open.
   *
   * @throws IOException when the file cannot be opened
   */
  public static boolean isOpen(Path path) throws IOException {
    try (NativeFile file = NativeFile.openRead(path)) {
      return isLocked(file);
    }
  }

  private static boolean isLocked(NativeFile file) throws OsException {
    return file.isLockedByOthers(PERMISSIONS, COUNT) || file.isLockedByOthers(SHARED, COUNT);
  }

  /**
   * Takes the locks of one that does everything with a file and lets others do nothing, so that no
   * QEMU program can open it meanwhile.
   *
   * @return the locks, or empty when some QEMU program of this host has the file open
   * @throws IOException when the file cannot be opened
   */
  public static Optional<QemuImageLocks> take(Path path) throws IOException {
    NativeFile file = NativeFile.openRead(path);
    boolean taken = false;
    try {
      taken =
          file.tryLock(PERMISSIONS, COUNT, false)
              && file.tryLock(SHARED, COUNT, false)
              && !isLocked(file);
      return taken ? Optional.of(new QemuImageLocks(file)) : Optional.empty();
    } finally {
      if (!taken) {
        file.close();
      }
    }
  }

  @Override
  public void close() throws OsException {
    file.close();
  }
}
