package io.diskwright.spi.backend;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import java.nio.file.Path;

/** Writing a disk's content out to a file. */
public non-sealed interface Extraction extends Facet {
  /**
   * Writes a disk's content to a new file that depends on nothing.
   *
   * @param name the disk, which no machine may have open
   * @param format how the file is laid out, raw or qcow2
   * @param target the file, which must not be there; it appears only when it is whole
   * @param call deadline, cancellation, progress
   * @throws DiskException with reason {@code NOT_FOUND}, {@code IN_USE}, {@code ALREADY_EXISTS}
   *     (the file), {@code UNSUPPORTED} (the format) or what the storage said
   */
  void extract(DiskName name, DiskFormat format, Path target, Call call) throws DiskException;
}
