package io.diskwright.toolkit.os;

import java.io.IOException;
import java.nio.file.Path;

/**
 * The locks by which QEMU tells that it has an image open.
 *
 * <p>QEMU's file driver (block/file-posix.c) holds locks of its open file on single bytes: from 100
 * on for what it does with the image, from 200 on for what it does not let others do.
 */
public final class QemuImageLocks {
  private static final long PERMISSIONS = 100;
  private static final long SHARED = 200;
  private static final long COUNT = 64;

  private QemuImageLocks() {}

  /**
   * Returns whether some QEMU program of this host has a file open.
   *
   * @throws IOException when the file cannot be opened
   */
  public static boolean isOpen(Path path) throws IOException {
    try (NativeFile file = NativeFile.openRead(path)) {
      return file.isLockedByOthers(PERMISSIONS, COUNT) || file.isLockedByOthers(SHARED, COUNT);
    }
  }
}
