package io.diskwright.it.bench;

import java.nio.file.Files;
import java.nio.file.Path;

/** Many users of one image, and pools with many disks and bases. */
final class ManyAtOnce {
  private static final long GIB = 1024L * 1024 * 1024;

  private final Path ext4;
  private final Table table;

  ManyAtOnce(Path ext4, Table table) {
    this.ext4 = ext4;
    this.table = table;
  }

  void measure() throws Exception {
    firstUses();
    manyDisks();
  }

  private void firstUses() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "first-uses");
    Path raw = Images.raw(folder.resolve("image.raw"), GIB, 1);
    Path image = Images.qcow2(raw, folder.resolve("image.qcow2"));
    Images.remove(raw);
    Path other = Images.tiny(folder.resolve("other.raw"), 1);
    try (Library library = Library.open(folder, "qcow2", true)) {
      table.add(
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
      many.library().warmUp(many.image());
      few.library().warmUp(few.image());
      table.add(
          Row.measure(
              "warm create, 10,000 disks of 1,000 bases",
              "the same, 10 disks of one base",
              "<= 1.2",
              2000,
              many.create(),
              few.create()));
      table.add(
          Row.measure(
              "find, 10,000 disks of 1,000 bases",
              "the same, 10 disks of one base",
              "<= 1.2",
              2000,
              many.find(),
              few.find()));
      table.add(
          Row.measure(
              "list 10,000 disks",
              "read their records and headers, bare",
              "< 1000 ms",
              11,
              many.list(),
              many.readBare()));
      table.add(
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
      table.add(
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
