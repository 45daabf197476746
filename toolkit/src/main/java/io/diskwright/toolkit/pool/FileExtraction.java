package io.diskwright.toolkit.pool;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.copy.ContentFile;
import io.diskwright.toolkit.copy.NewFile;
import io.diskwright.toolkit.copy.SparseCopy;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.process.QemuImgConvert;
import java.io.IOException;
import java.nio.file.Path;

/** Writes a disk of a pool of files out to a file: raw to raw by copying, else by qemu-img. */
public final class FileExtraction implements Extraction {
  private static final String TRIED = "extract disk";

  private final FileBackend backend;

  /** Makes one for a backend, whose {@code facet} hands it out. */
  public FileExtraction(FileBackend backend) {
    this.backend = backend;
  }

  @Override
  public void extract(DiskName name, DiskFormat format, Path target, Call call)
      throws DiskException {
    boolean unused =
        backend.run(
            TRIED,
            name,
            () -> {
              ContentFile.requireOffered(format, TRIED);
              StoredDisk disk = backend.require(name);
              backend.requireOffline(disk, TRIED);
              extract(disk, format, target.toAbsolutePath(), call);
              return true;
            });
  }

  private void extract(StoredDisk disk, DiskFormat format, Path target, Call call)
      throws IOException {
    boolean raw = disk.record().format() == DiskFormat.RAW && format == DiskFormat.RAW;
    NewFile.write(
        target,
        TRIED,
        (file, path) -> {
          if (raw) {
            try (NativeFile source = NativeFile.openRead(disk.path())) {
              SparseCopy.copy(source, file, call);
            }
          } else {
            convert(disk, format, path, call);
          }
        });
  }

  private void convert(StoredDisk disk, DiskFormat format, Path target, Call call)
      throws DiskException {
    QemuImgConvert.run(
        TRIED,
        disk.record().format(),
        disk.path(),
        format,
        target,
        disk.record().size(),
        backend.pool().stallTimeout(),
        call);
  }
}
