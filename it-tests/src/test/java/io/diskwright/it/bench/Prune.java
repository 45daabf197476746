package io.diskwright.it.bench;

import io.diskwright.it.bench.Row.Timed;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Prunes a pool whose bases have no users. */
final class Prune implements Timed, AutoCloseable {
  private final Path folder;
  private final int bases;
  private final Library library;

  private Prune(Path folder, int bases, Library library) {
    this.folder = folder;
    this.bases = bases;
    this.library = library;
  }

  /** Makes so many images, and a pool that will have them as bases. */
  static Prune in(Path folder, int bases) throws Exception {
    Library library = Library.open(folder, "qcow2", false);
    for (int i = 0; i < bases; i++) {
      Images.tiny(image(folder, i), i);
    }
    return new Prune(folder, bases, library);
  }

  private static Path image(Path folder, int number) {
    return folder.resolve("image-" + number);
  }

  @Override
  public void prepare(int round) throws Exception {
    for (int i = 0; i < bases; i++) {
      library.pull(image(folder, i));
    }
  }

  @Override
  public void run(int round) throws Exception {
    int gone = library.prune();
    if (gone != bases) {
      throw new IllegalStateException(
          "prune must remove %d bases and removes %d".formatted(bases, gone));
    }
  }

  /** Unlinks as many files of the same sizes. */
  Timed bare() {
    Path bare = folder.resolve("bare");
    return new Timed() {
      @Override
      public void prepare(int round) throws Exception {
        Files.createDirectories(bare);
        for (int i = 0; i < bases; i++) {
          Images.tiny(bare.resolve("base-" + i), i);
          Files.write(bare.resolve("record-" + i), new byte[512]);
        }
      }

      @Override
      public void run(int round) throws Exception {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(bare)) {
          for (Path file : files) {
            Files.delete(file);
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
