package io.diskwright.core.source;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Content;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageStream;
import io.diskwright.toolkit.os.FileContent;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;

/** A local file that holds an image. */
final class FileImageData implements ImageData {
  private final NativeFile file;
  private final Image image;
  private final Content content;

  FileImageData(NativeFile file, Image image) {
    this.file = file;
    this.image = image;
    this.content = new FileContent(file, image.length().orElseThrow(), "read image");
  }

  @Override
  public OptionalLong size() {
    return OptionalLong.of(content.size());
  }

  @Override
  public Optional<Content> content() {
    return Optional.of(content);
  }

  @Override
  public ImageStream stream() {
    return new ContentStream(content);
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
    content.close();
  }
}
