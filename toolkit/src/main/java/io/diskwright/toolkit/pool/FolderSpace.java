package io.diskwright.toolkit.pool;

import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The space of the file system that a pool's folder is on; targets are files in the folder. */
record FolderSpace(Path folder) implements Reservations.Storage {
  @Override
  public long free() throws IOException {
    return Files.getFileStore(folder).getUsableSpace();
  }

  @Override
  public long taken(String target) throws IOException {
    try (NativeFile file = NativeFile.openRead(folder.resolve(target))) {
      return file.allocated();
    } catch (OsException e) {
      if (e.errno() == Errno.ENOENT) {
        return 0;
      }
      throw e;
    }
  }
}
