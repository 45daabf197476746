package io.diskwright.it.bench;

import io.diskwright.it.bench.Row.Timed;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** A qcow2 pool with many disks of many bases beside one with few. */
final class ManyDisks implements AutoCloseable {
  private static final long SIZE = 1024L * 1024 * 1024;
  private static final String DISK = "measured";

  private final Path folder;
  private final Path image;
  private final Library library;

  private ManyDisks(Path folder, Path image, Library library) {
    this.folder = folder;
    this.image = image;
    this.library = library;
  }

  /** Makes a pool of so many disks, of so many bases. */
  static ManyDisks make(Path folder, int disks, int bases) throws Exception {
    Library library = Library.open(folder, "qcow2", false);
    Path image = Images.tiny(folder.resolve("image-0"), 0);
    for (int i = 0; i < bases; i++) {
      Path file = i == 0 ? image : Images.tiny(folder.resolve("image-" + i), i);
      for (int j = i; j < disks; j += bases) {
        library.create("disk-" + j, file, SIZE);
      }
    }
    if (library.disks().size() != disks || library.bases().size() != bases) {
      throw new IllegalStateException("pool (%s) must have what it was given".formatted(folder));
    }
    return new ManyDisks(folder, image, library);
  }

  Library library() {
    return library;
  }

  Path image() {
    return image;
  }

  /** Makes a disk of a base that is there. */
  Timed create() {
    return new Timed() {
      @Override
      public void prepare(int round) throws Exception {
        library.delete(DISK);
      }

      @Override
      public void run(int round) throws Exception {
        library.create(DISK, image, SIZE);
      }
    };
  }

  Timed find() {
    return round -> library.find("disk-" + round % 10);
  }

  Timed list() {
    return round -> library.disks();
  }

  /** Looks for bases that no disk needs, and finds none. */
  Timed prune() {
    return round -> library.prune();
  }

  /** Reads as much as a list has to: each record, and the start of each disk. */
  Timed readBare() {
    return round -> {
      try (DirectoryStream<Path> files = Files.newDirectoryStream(folder.resolve("pool/disks"))) {
        for (Path file : files) {
          try (var in = Files.newInputStream(file)) {
            byte[] unused = in.readNBytes(4096);
          }
        }
      }
    };
  }

  @Override
  public void close() throws IOException {
    library.close();
  }
}
