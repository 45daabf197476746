package io.diskwright.toolkit.os;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Extent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** The bytes of an open local file, its holes known as zeros; any thread. */
public final class FileContent implements Content {
  private final NativeFile file;
  private final long size;
  private final String tried;

  /**
   * Makes content of a file.
   *
   * @param file the file, open for reading; closed with this
   * @param size how many bytes there are, at most its length
   * @param tried what is tried when it cannot be read, as it would follow "cannot"
   */
  public FileContent(NativeFile file, long size, String tried) {
    this.file = file;
    this.size = size;
    this.tried = tried;
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public Extent extentAt(long offset) throws DiskException {
    try {
      OptionalLong data = file.nextData(offset);
      long start = Math.min(size, data.orElse(size));
      if (start > offset) {
        return new Extent(offset, start - offset, Extent.Kind.ZERO);
      }
      long end = Math.min(size, file.nextHole(offset).orElse(size));
      long length = Math.max(1, end - offset); // it may have become a hole since
      return new Extent(offset, length, Extent.Kind.DATA);
    } catch (OsException e) {
      throw failed(e);
    }
  }

  @Override
  public int read(long offset, ByteBuffer target) throws DiskException {
    try {
      return file.read(offset, target);
    } catch (OsException e) {
      throw failed(e);
    }
  }

  /** A path to what is open: the name might lead to another file by the time a tool opens it. */
  @Override
  public Optional<Path> path() {
    return Optional.of(file.openPath());
  }

  private DiskException failed(IOException e) {
    return OsErrors.toFailure(e, tried).resource(file.path().toString()).build();
  }

  @Override
  public void close() throws DiskException {
    try {
      file.close();
    } catch (OsException e) {
      throw failed(e);
    }
  }
}
