package io.diskwright.core.fill;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/**
 * A local file without a name that takes an image which cannot go straight to where it is wanted;
 * gone when it is closed, or whenever we end. What is zero takes no space.
 */
final class Spool implements AutoCloseable {
  private static final int MODE = 0644; // without a name nobody else gets at it but who we let
  private static final String TRIED = "spool image";

  private final NativeFile file;
  private long stored;

  private Spool(NativeFile file) {
    this.file = file;
  }

  /**
   * Makes an empty one.
   *
   * @param folder a folder whose file system has room for it
   */
  static Spool in(Path folder) throws DiskException {
    try {
      return new Spool(NativeFile.createUnnamed(folder, MODE));
    } catch (IOException e) {
      throw failed(e, folder);
    }
  }

  /** Writes what is not zero of some bytes. */
  void write(long offset, ByteBuffer bytes) throws DiskException {
    for (ZeroRuns runs = new ZeroRuns(bytes); runs.next(); ) {
      if (!runs.zero()) {
        ByteBuffer run = runs.bytes();
        stored += run.remaining();
        try {
          file.write(offset + runs.start(), run);
        } catch (OsException e) {
          throw failed(e, file.path());
        }
      }
    }
  }

  /** Returns how many bytes have been written that were not zero. */
  long stored() {
    return stored;
  }

  /** Returns what has been written, so many bytes; closed with this. */
  Content content(long size) throws DiskException {
    try {
      file.truncate(size);
    } catch (OsException e) {
      throw failed(e, file.path());
    }
    return new FileContent(file, size, "read spooled image");
  }

  private static DiskException failed(IOException e, Path path) {
    return OsErrors.toFailure(e, TRIED)
        .resource(path.toString())
        .remedy("make room there, or name another folder as the pool's spool-folder")
        .build();
  }

  @Override
  public void close() throws DiskException {
    try {
      file.close();
    } catch (OsException e) {
      throw failed(e, file.path());
    }
  }
}
