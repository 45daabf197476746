package io.diskwright.it.bench;

import io.diskwright.it.bench.Row.Timed;
import io.diskwright.spi.backend.BaseRecord;
import io.diskwright.toolkit.os.NativeFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Measures making disks beside the same storage calls made bare, in turn, in one run.
 *
 * <p>Arguments: a folder on ext4, a folder on XFS, and the file for the JSON.
 */
public final class Bench {
  private static final long MIB = 1024L * 1024;
  private static final long GIB = 1024 * MIB;
  private static final long DISK_SIZE = 20 * GIB;
  private static final int WARM_UP = 3000;

  private final Path ext4;
  private final Path xfs;
  private final List<Row> rows = new ArrayList<>();

  private Bench(Path ext4, Path xfs) {
    this.ext4 = ext4;
    this.xfs = xfs;
  }

  /** Measures everything. */
  public static void main(String[] arguments) throws Exception {
    Bench bench = new Bench(Path.of(arguments[0]), Path.of(arguments[1]));
    System.out.println(Row.header());
    bench.warmQcow2();
    bench.warmRawOnXfs();
    bench.warmRawOnExt4();
    bench.cold();
    bench.inspection();
    bench.downloads();
    bench.firstUses();
    bench.manyDisks();
    Files.writeString(
        Path.of(arguments[2]),
        "[\n" + String.join(",\n", bench.rows.stream().map(Row::json).toList()) + "\n]\n");
  }

  private void add(Row row) {
    rows.add(row);
    System.out.println(row.text());
  }

  private void warmQcow2() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "warm-qcow2");
    Path image = Images.raw(folder.resolve("image.raw"), 64 * MIB);
    for (boolean sync : new boolean[] {false, true}) {
      try (Library library = Library.open(folder.resolve("lib-" + sync), "qcow2", sync)) {
        Path base = basePath(folder.resolve("lib-" + sync), library.pull(image));
        String suffix = sync ? ", synced" : "";
        Path bare = Files.createDirectories(folder.resolve("bare-" + sync));
        warmUp(library, image);
        Timed ours = round -> library.create("disk-" + round, image, DISK_SIZE);
        if (!sync) {
          add(
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
        add(
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

  /** Lets the compiler of the JVM see the code that is measured, as in a program that has run. */
  private static void warmUp(Library library, Path image) throws Exception {
    for (int i = 0; i < WARM_UP; i++) {
      library.create("warm-up", image, DISK_SIZE);
      library.delete("warm-up");
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

  private void warmRawOnXfs() throws Exception {
    for (long size : new long[] {64 * MIB, GIB}) {
      Path folder = Files.createTempDirectory(xfs, "warm-raw");
      Path image = Images.raw(folder.resolve("image.raw"), size);
      Path bare = Files.createDirectories(folder.resolve("bare"));
      try (Library library = Library.open(folder, "raw", false)) {
        Path base = basePath(folder, library.pull(image));
        warmUp(library, image);
        add(
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

  private void warmRawOnExt4() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "warm-raw");
    Path image = Images.raw(folder.resolve("image.raw"), GIB);
    Path copy = folder.resolve("copy.raw");
    try (Library library = Library.open(folder, "raw", false)) {
      Path base = basePath(folder, library.pull(image));
      add(
          Row.measure(
              "warm raw create on ext4, image of 1024 MiB",
              "cp --sparse=always",
              "<= 1",
              7,
              new Timed() {
                @Override
                public void prepare(int round) throws Exception {
                  library.delete("disk");
                  settle();
                }

                @Override
                public void run(int round) throws Exception {
                  library.create("disk", image, GIB);
                }
              },
              copyOf(base, copy, false)));
    }
  }

  private static Timed copyOf(Path source, Path target, boolean sync) {
    return new Timed() {
      @Override
      public void prepare(int round) throws Exception {
        Images.remove(target);
        settle();
      }

      @Override
      public void run(int round) throws Exception {
        Shell.run("cp", "--sparse=always", source.toString(), target.toString());
        if (sync) {
          Shell.run("sync", target.toString());
        }
      }
    };
  }

  /** Lets what was written before not disturb what is measured next. */
  private static void settle() throws Exception {
    Shell.run("sync");
  }

  private void cold() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "cold");
    Path raw = Images.raw(folder.resolve("image.raw"), 2 * GIB);
    Path qcow2 = Images.qcow2(raw, folder.resolve("image.qcow2"));
    Path copy = folder.resolve("copy.raw");
    try (Library library = Library.open(folder, "qcow2", true)) {
      add(
          Row.measure(
              "cold raw of 2 GiB, a quarter data, to base",
              "cp --sparse=always + sync",
              "<= 1",
              7,
              coldFill(library, raw),
              copyOf(raw, copy, true)));
      Images.remove(copy);
      add(
          Row.measure(
              "cold qcow2 of 2 GiB, a quarter data, to base",
              "qemu-img convert -m 16 -W + sync",
              "<= 1.1",
              7,
              coldFill(library, qcow2),
              convert(qcow2, copy)));
    }
  }

  private static Timed coldFill(Library library, Path image) {
    return new Timed() {
      @Override
      public void prepare(int round) throws Exception {
        library.evictAll();
        settle();
      }

      @Override
      public void run(int round) throws Exception {
        library.pull(image);
      }
    };
  }

  private static Timed convert(Path source, Path target) {
    return new Timed() {
      @Override
      public void prepare(int round) throws Exception {
        Images.remove(target);
        settle();
      }

      @Override
      public void run(int round) throws Exception {
        Shell.run(
            "qemu-img",
            "convert",
            "-f",
            "qcow2",
            "-O",
            "raw",
            "-m",
            "16",
            "-W",
            source.toString(),
            target.toString());
        Shell.run("sync", target.toString());
      }
    };
  }

  /** Inspecting must not be felt: its time is to be a thirtieth of a cold fill's at the most. */
  private void inspection() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "inspection");
    Path raw = Images.raw(folder.resolve("image.raw"), 2 * GIB);
    try (Library library = Library.open(folder, "qcow2", true)) {
      for (String format : new String[] {"qcow2", "vmdk", "vhdx"}) {
        Path image = folder.resolve("image." + format);
        Shell.run(
            "qemu-img", "convert", "-f", "raw", "-O", format, raw.toString(), image.toString());
        add(
            Row.measure(
                "inspect %s of 2 GiB, a quarter data".formatted(format),
                "cold fill of the same",
                "<= 0.03",
                5,
                20,
                round -> library.inspect(image),
                coldFill(library, image)));
      }
    }
  }

  private void downloads() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "downloads");
    Path raw = Images.raw(folder.resolve("image.raw"), 2 * GIB, 1);
    Path sparse = Images.raw(folder.resolve("sparse.raw"), 2 * GIB);
    Path qcow2 = Images.qcow2(sparse, folder.resolve("image.qcow2"));
    Images.remove(sparse);
    try (FileServer server = FileServer.of(folder);
        Library library = Library.open(folder, "qcow2", true)) {
      Downloads downloads = new Downloads(server, library, folder.resolve("copy"));
      add(
          Row.measure(
              "raw of 2 GiB over HTTP, sha256, to base",
              "curl + sync",
              "<= 1.15",
              5,
              downloads.pull(raw),
              downloads.curl(raw)));
      add(
          Row.measure(
              "qcow2 of 2 GiB over HTTP, sha256, to base",
              "curl, then qemu-img convert, + sync",
              "<= 1.1",
              5,
              downloads.pull(qcow2),
              downloads.curlThenConvert(qcow2)));
    }
  }

  private void firstUses() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "first-uses");
    Path raw = Images.raw(folder.resolve("image.raw"), GIB, 1);
    Path image = Images.qcow2(raw, folder.resolve("image.qcow2"));
    Images.remove(raw);
    Path other = Images.tiny(folder.resolve("other.raw"), 1);
    try (Library library = Library.open(folder, "qcow2", true)) {
      add(
          Row.measure(
              "64 first uses by 4 processes, qcow2 of 1 GiB",
              "one first use by one process",
              "<= 1.2",
              7,
              new FirstUses(library, folder, image, other, 4, 16),
              new FirstUses(library, folder, image, other, 1, 1)));
    }
  }

  private void manyDisks() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "many-disks");
    try (ManyDisks many = ManyDisks.make(folder.resolve("many"), 10_000, 1_000);
        ManyDisks few = ManyDisks.make(folder.resolve("few"), 10, 1)) {
      warmUp(many.library(), many.image());
      warmUp(few.library(), few.image());
      add(
          Row.measure(
              "warm create, 10,000 disks of 1,000 bases",
              "the same, 10 disks of one base",
              "<= 1.2",
              2000,
              many.create(),
              few.create()));
      add(
          Row.measure(
              "find, 10,000 disks of 1,000 bases",
              "the same, 10 disks of one base",
              "<= 1.2",
              2000,
              many.find(),
              few.find()));
      add(
          Row.measure(
              "list 10,000 disks",
              "read their records and headers, bare",
              "< 1000 ms",
              11,
              many.list(),
              many.readBare()));
      add(
          Row.measure(
              "prune, 1,000 bases of 10,000 disks, none goes",
              "read the disks' records and headers, bare",
              "seconds",
              3,
              many.prune(),
              many.readBare()));
    }
    Prune prune = Prune.in(folder.resolve("prune"), 1_000);
    try (prune) {
      add(
          Row.measure(
              "prune, 1,000 bases without users, all go",
              "unlink as many files and records, bare",
              "seconds",
              3,
              prune,
              prune.bare()));
    }
  }
}
