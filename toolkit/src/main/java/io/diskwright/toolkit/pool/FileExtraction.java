package io.diskwright.toolkit.pool;

import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.toolkit.copy.SparseCopy;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import io.diskwright.toolkit.process.ChildProcess;
import io.diskwright.toolkit.process.QemuImgProgress;
import io.diskwright.toolkit.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

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
    if (format != DiskFormat.RAW && format != DiskFormat.QCOW2) {
      throw DiskException.of(Reason.UNSUPPORTED, TRIED)
          .pool(backend.pool().name())
          .resource(name.value())
          .said("the format %s is not offered".formatted(format))
          .remedy("ask for raw or qcow2")
          .build();
    }
    boolean unused =
        backend.run(
            TRIED,
            name,
            () -> {
              StoredDisk disk = backend.require(name);
              backend.requireOffline(disk, TRIED);
              extract(disk, format, target.toAbsolutePath(), call);
              return true;
            });
  }

  private void extract(StoredDisk disk, DiskFormat format, Path target, Call call)
      throws IOException {
    if (Files.exists(target)) {
      throw taken(target);
    }
    Path scratch = target.resolveSibling(Folders.name(target) + '.' + UUID.randomUUID() + ".new");
    try {
      write(disk, format, scratch, call);
      NativeFile.renameNoReplace(scratch, target);
    } catch (OsException e) {
      throw e.errno() == Errno.EEXIST ? taken(target) : e;
    } finally {
      Files.deleteIfExists(scratch);
    }
    NativeFile.syncFolder(Folders.of(target));
  }

  private void write(StoredDisk disk, DiskFormat format, Path scratch, Call call)
      throws IOException {
    boolean raw = disk.record().format() == DiskFormat.RAW && format == DiskFormat.RAW;
    try (NativeFile file = NativeFile.createNew(scratch, 0600)) {
      if (raw) {
        try (NativeFile source = NativeFile.openRead(disk.path())) {
          SparseCopy.copy(source, file, call);
        }
      } else {
        convert(disk, format, scratch, call);
      }
      file.sync();
    }
  }

  private void convert(StoredDisk disk, DiskFormat format, Path scratch, Call call)
      throws DiskException {
    List<String> arguments =
        List.of(
            "convert",
            "-p",
            "-f",
            disk.record().format().id(),
            "-O",
            format.id(),
            "-W",
            "-m",
            "16",
            disk.path().toString(),
            scratch.toString());
    String unused =
        ChildProcess.of(TRIED, Tool.QEMU_IMG.require(TRIED), arguments)
            .stallTimeout(backend.pool().stallTimeout())
            .onOutput(new QemuImgProgress("extracting", disk.record().size(), call.progress()))
            .run(call);
  }

  private static DiskException taken(Path target) {
    return DiskException.of(Reason.ALREADY_EXISTS, TRIED)
        .said("the file %s is there already".formatted(target))
        .remedy("choose another name, or remove it")
        .build();
  }
}
