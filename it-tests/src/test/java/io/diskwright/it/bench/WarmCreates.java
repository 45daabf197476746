package io.diskwright.it.bench;

import io.diskwright.it.bench.Row.Timed;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.toolkit.os.NativeFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Disks of an image whose base is there. */
final class WarmCreates {
  private static final long MIB = 1024L * 1024;
  private static final long GIB = 1024 * MIB;
  private static final long DISK_SIZE = 20 * GIB;

  private final Path ext4;
  private final Path xfs;
  private final Table table;

  WarmCreates(Path ext4, Path xfs, Table table) {
    this.ext4 = ext4;
    this.xfs = xfs;
    this.table = table;
  }

  void measure() throws Exception {
    qcow2();
    rawOnXfs();
    rawOnExt4();
  }

  private void qcow2() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "warm-qcow2");
    Path image = Images.raw(folder.resolve("image.raw"), 64 * MIB);
    for (boolean sync : new boolean[] {false, true}) {
      try (Library library = Library.open(folder.resolve("lib-" + sync), "qcow2", sync)) {
        Path base = basePath(folder.resolve("lib-" + sync), library.pull(image));
        String suffix = sync ? ", synced" : "";
        Path bare = Files.createDirectories(folder.resolve("bare-" + sync));
        library.warmUp(image);
        Timed ours = round -> library.create("disk-" + round, image, DISK_SIZE);
        if (!sync) {
          table.add(
              Row.measure(
                  "warm qcow2 create in process, 10 in a row",
                  "qemu-img create -b",
                  "<= 0.05",
                  100,
                  10,
                  ours,
                  round ->
                      Shell.run(
                          "qemu-img",
                          "create",
                          "-q",
                          "-f",
                          "qcow2",
                          "-F",
                          "raw",
                          "-b",
                          base.toString(),
                          bare.resolve("qemu-" + round + ".qcow2").toString(),
                          Long.toString(DISK_SIZE))));
        }
        table.add(
            Row.measure(
                "warm qcow2 create in process" + suffix,
                "4 writes + record + rename, bare" + suffix,
                "shown",
                sync ? 100 : 2000,
                round -> library.create("again-" + round, image, DISK_SIZE),
                round -> bareOverlay(bare, round, sync)));
      }
    }
  }

  /** What any overlay needs of the file system: the file's four parts, and a record beside it. */
  private static void bareOverlay(Path folder, int round, boolean sync) throws Exception {
    Path file = folder.resolve("bare-" + round + ".qcow2");
    try (NativeFile overlay = NativeFile.createNew(file, 0600)) {
      overlay.truncate(4 * 65536);
      for (int part = 0; part < 3; part++) {
        overlay.write(part * 65536L, ByteBuffer.wrap(new byte[256]));
      }
      if (sync) {
        overlay.sync();
      }
    }
    Path scratch = folder.resolve("bare-" + round + ".new");
    try (NativeFile record = NativeFile.createNew(scratch, 0600)) {
      record.write(0, ByteBuffer.wrap(new byte[512]));
      if (sync) {
        record.sync();
      }
    }
    NativeFile.renameNoReplace(scratch, folder.resolve("bare-" + round + ".disk"));
    if (sync) {
      NativeFile.syncFolder(folder);
    }
  }

  private static Path basePath(Path library, BaseRecord base) {
    String file = base.storageId().substring(0, base.storageId().lastIndexOf('#'));
    return library.resolve("pool/bases").resolve(file);
  }

  private void rawOnXfs() throws Exception {
    for (long size : new long[] {64 * MIB, GIB}) {
      Path folder = Files.createTempDirectory(xfs, "warm-raw");
      Path image = Images.raw(folder.resolve("image.raw"), size);
      Path bare = Files.createDirectories(folder.resolve("bare"));
      try (Library library = Library.open(folder, "raw", false)) {
        Path base = basePath(folder, library.pull(image));
        library.warmUp(image);
        table.add(
            Row.measure(
                "warm raw create on XFS, image of %d MiB".formatted(size / MIB),
                "open + FICLONE + truncate + link + close, bare",
                "<= 2",
                200,
                round -> library.create("disk-" + round, image, DISK_SIZE),
                round -> bareReflink(base, bare, round)));
      }
    }
  }

  private static void bareReflink(Path base, Path folder, int round) throws Exception {
    Path scratch = folder.resolve("scratch-" + round);
    try (NativeFile source = NativeFile.openRead(base);
        NativeFile target = NativeFile.createNew(scratch, 0600)) {
      if (!target.reflinkFrom(source)) {
        throw new IllegalStateException(folder + " must be on a file system with reflinks");
      }
      target.truncate(DISK_SIZE);
      Files.createLink(folder.resolve("disk-" + round), scratch);
    }
  }

  private void rawOnExt4() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "warm-raw");
    Path image = Images.raw(folder.resolve("image.raw"), GIB);
    Path copy = folder.resolve("copy.raw");
    try (Library library = Library.open(folder, "raw", false)) {
      Path base = basePath(folder, library.pull(image));
      table.add(
          Row.measure(
              "warm raw create on ext4, image of 1024 MiB",
              "cp --sparse=always",
              "<= 1",
              7,
              new Timed() {
                @Override
                public void clear() throws Exception {
                  library.delete("disk");
                }

                @Override
                public void prepare(int round) throws Exception {
                  Images.settle(folder);
                }

                @Override
                public void run(int round) throws Exception {
                  library.create("disk", image, GIB);
                }
              },
              References.copy(base, copy, false)));
    }
  }
}
