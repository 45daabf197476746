package io.diskwright.backend.lvm;

import io.diskwright.backend.lvm.LvmDisks.Found;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.image.Content;
import io.diskwright.toolkit.copy.ContentFile;
import io.diskwright.toolkit.copy.NewFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Writes disks out to files. */
final class LvmExtraction implements Extraction {
  private static final String TRIED = "extract disk";

  private static final int BUFFER = 1024 * 1024;

  private final LvmPool pool;
  private final LvmDisks disks;

  LvmExtraction(LvmPool pool, LvmDisks disks) {
    this.pool = pool;
    this.disks = disks;
  }

  @Override
  public void extract(DiskName name, DiskFormat format, Path target, Call call)
      throws DiskException {
    boolean unused =
        pool.run(
            TRIED,
            name,
            () -> {
              ContentFile.requireOffered(format, TRIED);
              Found disk = disks.require(name, call);
              LvmDisks.requireOffline(disk.volume(), TRIED);
              Path device = pool.device(disk.volume(), call);
              try (Content content = VolumeContent.open(device, size(device, disk), TRIED)) {
                NewFile.write(
                    target.toAbsolutePath(),
                    TRIED,
                    (file, path) ->
                        ContentFile.write(
                            content, format, file, path, TRIED, pool.stallTimeout(), call));
              }
              return true;
            });
  }

  /** A machine sees whole extents: what it has written beyond the disk's size is not left out. */
  private static long size(Path device, Found disk) throws IOException {
    long size = disk.record().size();
    long seen = disk.volume().size();
    ByteBuffer beyond = ByteBuffer.allocateDirect((int) Math.min(BUFFER, seen - size));
    try (Content content = VolumeContent.open(device, seen, TRIED)) {
      for (long at = size; at < seen; at += beyond.limit()) {
        beyond.clear().limit((int) Math.min(beyond.capacity(), seen - at));
        int unused = content.read(at, beyond);
        beyond.flip();
        while (beyond.hasRemaining()) {
          if (beyond.get() != 0) {
            return seen;
          }
        }
      }
    }
    return size;
  }
}
