package io.diskwright.core.fill;

import io.diskwright.spi.backend.Sink;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsErrors;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** Shares an image's blocks with a base on the same file system, instead of copying them. */
final class Reflink {
  private Reflink() {}

  /** Returns whether the sink has the image's bytes now; it is untouched when not. */
  static boolean share(Content data, Sink sink) throws DiskException {
    Optional<Path> from = data.path();
    Optional<Path> to = sink.path();
    if (from.isEmpty() || to.isEmpty()) {
      return false;
    }
    try (NativeFile source = NativeFile.openRead(from.get());
        NativeFile target = NativeFile.openWrite(to.get())) {
      FileStat stat = target.stat();
      if (!stat.regular() || !target.reflinkFrom(source)) {
        return false;
      }
      target.truncate(sink.size());
      return true;
    } catch (IOException e) {
      throw OsErrors.toFailure(e, "share blocks of image").resource(from.get().toString()).build();
    }
  }
}
