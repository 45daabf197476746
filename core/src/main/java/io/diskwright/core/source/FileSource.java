package io.diskwright.core.source;

import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.Image;
import io.diskwright.spi.image.ImageData;
import io.diskwright.spi.image.ImageRequest;
import io.diskwright.spi.image.ImageSource;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import io.diskwright.toolkit.source.DigestList;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** Images that are local files. */
final class FileSource implements ImageSource {
  private static final String TRIED = "open image";

  @Override
  public Image resolve(ImageRequest request, Call call) throws DiskException {
    Path named = named(request);
    try {
      Path path = named.toRealPath();
      FileStat stat = FileStat.of(path);
      requireImage(path, stat);
      Image.Builder image =
          Image.builder(FileSourceProvider.ID, path.toString())
              .validator(validator(stat))
              .length(stat.size());
      request.format().ifPresent(image::format);
      Optional<String> list = DigestList.nameOf(request);
      if (list.isPresent()) {
        image.digest(digestInList(named, list.get()));
      }
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

  private static Path named(ImageRequest request) throws DiskException {
    ImageReference reference = ImageReference.parse(request.reference());
    return Path.of(reference.text().substring(reference.scheme().length() + 1));
  }

  /** By the name that the asker gave: where it led to cannot be told any more. */
  @Override
  public Optional<Image> recall(ImageRequest request) throws DiskException {
    return Optional.of(Image.builder(FileSourceProvider.ID, named(request).toString()).build());
  }

  /** Beside the name that the asker gave, wherever that may lead. */
  private static Digest digestInList(Path named, String list) throws IOException {
    Path path = named.resolveSibling(list);
    try {
      requireList(path, FileStat.of(path));
      return digestInList(named, path);
    } catch (DiskException e) {
      throw e;
    } catch (IOException e) {
      throw OsErrors.toFailure(e, "read digest file")
          .resource(path.toString())
          .remedy("name a file that is beside the image, and that you may read")
          .build();
    }
  }

  private static Digest digestInList(Path named, Path list) throws IOException {
    try (InputStream file = Files.newInputStream(list)) {
      byte[] bytes = file.readNBytes(DigestList.MOST_BYTES + 1);
      if (bytes.length > DigestList.MOST_BYTES) {
        throw DigestList.tooLong(list.toString());
      }
      return new DigestList(list.toString(), bytes).find(named.getFileName().toString());
    }
  }

  /** Opening a pipe would wait for its writer. */
  private static void requireList(Path path, FileStat stat) throws DiskException {
    if (!stat.regular()) {
      throw DiskException.of(Reason.IMAGE_UNACCEPTABLE, "read digest file")
          .resource(path.toString())
          .said("it is not a regular file")
          .remedy("name a file that lists digests")
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
