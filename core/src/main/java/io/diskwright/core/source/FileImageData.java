package io.diskwright.core.source;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Extent;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** A local file that holds an image. */
final class FileImageData implements ImageData {
  private final NativeFile file;
  private final Image image;
  private final long size;

  FileImageData(NativeFile file, Image image) {
    this.file = file;
    this.image = image;
    this.size = image.length().orElseThrow();
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
      return new Extent(offset, end - offset, Extent.Kind.DATA);
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

  /** Both the open file and the file of its name must still be what was resolved. */
  @Override
  public void verifyUnchanged() throws DiskException {
    FileStat named;
    try {
      named = FileStat.of(file.path());
    } catch (IOException e) {
      throw failed(e);
    }
    FileStat open;
    try {
      open = file.stat();
    } catch (OsException e) {
      throw failed(e);
    }
    String validator = image.validator().orElseThrow();
    if (open.inode() != named.inode() || !FileSource.validator(named).equals(validator)) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "read image")
          .resource(image.id())
          .said("the file has changed while it was being used")
          .remedy("wait until nobody writes the image any more, and try again")
          .build();
    }
  }

  private DiskException failed(IOException e) {
    return OsErrors.toFailure(e, "read image").resource(image.id()).build();
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
