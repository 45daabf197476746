package io.diskwright.core.source;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import java.io.IOException;
import java.nio.file.Path;

/** Images that are local files. */
final class FileSource implements ImageSource {
  private static final String TRIED = "open image";

  @Override
  public Image resolve(ImageRequest request, Call call) throws DiskException {
    ImageReference reference = ImageReference.parse(request.reference());
    Path named = Path.of(reference.text().substring(reference.scheme().length() + 1));
    try {
      Path path = named.toRealPath();
      FileStat stat = FileStat.of(path);
      requireImage(path, stat);
      Image.Builder image =
          Image.builder(FileSourceProvider.ID, path.toString())
              .validator(validator(stat))
              .length(stat.size());
      request.format().ifPresent(image::format);
      request.digest().ifPresent(image::digest);
      return image.build();
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw OsErrors.toFailure(e, TRIED)
          .resource(named.toString())
          .remedy("check the image's path and who may read it")
          .build();
    }
  }

  @Override
  public ImageData open(Image image, Call call) throws DiskException {
    Path path = Path.of(image.id());
    NativeFile file;
    try {
      requireImage(path, FileStat.of(path)); // opening a pipe would wait for its writer
      file = NativeFile.openRead(path);
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw OsErrors.toFailure(e, TRIED).resource(image.id()).build();
    }
    FileImageData data = new FileImageData(file, image);
    try {
      data.verifyUnchanged();
      return data;
    } catch (DiskException e) {
      data.close();
      throw e;
    }
  }

  private static void requireImage(Path path, FileStat stat) throws DiskException {
    if (stat.regular() && stat.size() > 0) {
      return;
    }
    throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, TRIED)
        .resource(path.toString())
        .said(stat.regular() ? "the file is empty" : "it is not a regular file")
        .remedy("name a file that holds an image")
        .build();
  }

  /** What changes whenever the file's bytes may have changed. */
  static String validator(FileStat stat) {
    return "file:%x:%d:%d:%s:%s"
        .formatted(stat.device(), stat.inode(), stat.size(), stat.modified(), stat.changed());
  }

  @Override
  public void close() {}
}
