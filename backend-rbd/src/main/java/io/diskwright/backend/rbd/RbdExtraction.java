package io.diskwright.backend.rbd;

import io.diskwright.backend.rbd.RbdDisks.Found;
import io.diskwright.backend.rbd.ceph.RbdImage;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.DiskName;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.call.Call;
import io.diskwright.spi.error.DiskException;
import io.diskwright.spi.error.Reason;
import io.diskwright.spi.image.Extent;
import io.diskwright.toolkit.copy.NewFile;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.process.QemuImgConvert;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Writes disks out to files: raw by copying, qcow2 by qemu-img from such a copy. */
final class RbdExtraction implements Extraction {
  private static final String TRIED = "extract disk";
  private static final int BUFFER = 4 * 1024 * 1024;

  private final RbdPool pool;
  private final RbdDisks disks;

  RbdExtraction(RbdPool pool, RbdDisks disks) {
    this.pool = pool;
    this.disks = disks;
  }

  @Override
  public void extract(DiskName name, DiskFormat format, Path target, Call call)
      throws DiskException {
    if (format != DiskFormat.RAW && format != DiskFormat.QCOW2) {
      throw DiskException.of(Reason.UNSUPPORTED, TRIED)
          .pool(pool.name())
          .resource(name.value())
          .said("the format %s is not offered".formatted(format))
          .remedy("ask for raw or qcow2")
          .build();
    }
    boolean unused =
        pool.run(
            TRIED,
            name,
            call,
            gate -> {
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
          if (format == DiskFormat.RAW) {
            copy(disk, file, call);
          } else {
            convert(disk, format, path, call);
          }
          gate.commit();
        });
  }

  /** What the copy takes beside the result is gone when it is closed. */
  private void convert(Found disk, DiskFormat format, Path target, Call call) throws IOException {
    try (NativeFile raw = NativeFile.createUnnamed(target.resolveSibling("."), 0600)) {
      copy(disk, raw, call);
      QemuImgConvert.run(
          TRIED,
          DiskFormat.RAW,
          raw.openPath(),
          format,
          target,
          disk.record().size(),
          pool.settings().stallTimeout(),
          call);
    }
  }

  private void copy(Found disk, NativeFile file, Call call) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
    long size = disk.record().size();
    file.truncate(size);
    RbdImage image = pool.images().openById(disk.image().id(), true);
    try (RbdContent content = new RbdContent(pool, image, size, TRIED, call)) {
      for (long at = 0; at < size; ) {
        Extent extent = content.extentAt(at);
        if (extent.kind() == Extent.Kind.DATA) {
          copy(content, extent, file, buffer, call);
        }
        at = extent.end();
      }
    }
  }

  private static void copy(
      RbdContent content, Extent extent, NativeFile file, ByteBuffer buffer, Call call)
      throws IOException {
    for (long at = extent.offset(); at < extent.end(); at += buffer.limit()) {
      call.check(TRIED);
      call.progress().report("extracting", at, content.size());
      buffer.clear().limit((int) Math.min(buffer.capacity(), extent.end() - at));
      int unused = content.read(at, buffer);
      file.write(at, buffer.flip());
    }
  }
}
