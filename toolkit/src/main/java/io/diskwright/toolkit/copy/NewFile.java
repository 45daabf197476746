package io.diskwright.toolkit.copy;

import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** A file that appears under its name only when it is whole, and takes nobody's place. */
public final class NewFile {
  private NewFile() {}

  /** Writes the bytes of a new file, which is open and empty. */
  @FunctionalInterface
  public interface Writing {
    /**
     * Writes them.
     *
     * @param file the file, which the caller syncs and closes
     * @param path where it is for now, for tools
     * @throws IOException when it fails; the file is thrown away
     */
    void into(NativeFile file, Path path) throws IOException;
  }

  /**
   * Makes a file; durable when this returns.
   *
   * @param target its path, absolute, at which nothing may be
   * @param tried what is being done, for messages
   * @param writing writes its bytes
   * @throws DiskException with reason {@code ALREADY_EXISTS} when something is at its path
   * @throws IOException what the writing or the file system said
   */
  public static void write(Path target, String tried, Writing writing) throws IOException {
    if (Files.exists(target)) {
      throw taken(target, tried);
    }
    Path scratch = target.resolveSibling(target.getFileName() + "." + UUID.randomUUID() + ".new");
    try {
      try (NativeFile file = NativeFile.createNew(scratch, 0600)) {
        writing.into(file, scratch);
        file.sync();
      }
      NativeFile.renameNoReplace(scratch, target);
    } catch (OsException e) {
      throw e.errno() == Errno.EEXIST ? taken(target, tried) : e;
    } finally {
      Files.deleteIfExists(scratch);
    }
    NativeFile.syncFolder(target.resolveSibling("."));
  }

  private static DiskException taken(Path target, String tried) {
    return DiskException.of(Reason.ALREADY_EXISTS, tried)
        .said("the file %s is there already".formatted(target))
        .remedy("choose another name, or remove it")
        .build();
  }
}
