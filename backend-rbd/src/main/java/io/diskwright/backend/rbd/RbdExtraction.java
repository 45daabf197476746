package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.RbdDisks.Found;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.toolkit.copy.ContentFile;
import io.diskwright.toolkit.copy.NewFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;

/** Writes disks out to files: raw by copying, qcow2 by qemu-img from such a copy. */
final class RbdExtraction implements Extraction {
  private static final String TRIED = "extract disk";

  private final RbdPool pool;
  private final RbdDisks disks;

  RbdExtraction(RbdPool pool, RbdDisks disks) {
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
            call,
            gate -> {
              ContentFile.requireOffered(format, TRIED);
              Found disk = disks.require(name);
              disks.requireOffline(disk, TRIED);
              extract(disk, format, target.toAbsolutePath(), gate);
              return true;
            });
  }

  private void extract(Found disk, DiskFormat format, Path target, Gate gate) throws IOException {
    Call call = gate.call();
    NewFile.write(
        target,
        TRIED,
        (file, path) -> {
          RbdImage image = pool.images().openById(disk.image().id(), true);
          long size = disk.record().size();
          try (RbdContent content = new RbdContent(pool, image, size, TRIED, call)) {
            Duration stallTimeout = pool.settings().stallTimeout();
            ContentFile.write(content, format, file, path, TRIED, stallTimeout, call);
          }
          gate.commit();
        });
  }
}
