package io.diskwright.it.bench;

import io.diskwright.it.bench.Row.Timed;
import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.ImageRequest;
import java.nio.file.Files;
import java.nio.file.Path;

/** Images over HTTP from this host, beside what curl and qemu-img do with them. */
final class Downloads {
  private final FileServer server;
  private final Library library;
  private final Path copy;

  Downloads(FileServer server, Library library, Path copy) {
    this.server = server;
    this.library = library;
    this.copy = copy;
  }

  /** Fills the image's base, its digest verified. */
  Timed pull(Path image) throws Exception {
    String output = Shell.run("sha256sum", image.toString());
    Digest digest = Digest.parse("sha256:" + output.substring(0, 64));
    ImageRequest request = ImageRequest.of(server.url(image)).withDigest(digest);
    return new Timed() {
      @Override
      public void prepare(int round) throws Exception {
        library.evictAll();
        Shell.run("sync");
      }

      @Override
      public void run(int round) throws Exception {
        library.pull(request);
      }
    };
  }

  /** Downloads the image to a file. */
  Timed curl(Path image) {
    return new Timed() {
      @Override
      public void prepare(int round) throws Exception {
        Files.deleteIfExists(copy);
        Shell.run("sync");
      }

      @Override
      public void run(int round) throws Exception {
        download(image, copy);
        Shell.run("sync", copy.toString());
      }
    };
  }

  /** Downloads the image to a file, and converts that to another. */
  Timed curlThenConvert(Path image) {
    Path raw = copy.resolveSibling("converted.raw");
    return new Timed() {
      @Override
      public void prepare(int round) throws Exception {
        Files.deleteIfExists(copy);
        Files.deleteIfExists(raw);
        Shell.run("sync");
      }

      @Override
      public void run(int round) throws Exception {
        download(image, copy);
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
            copy.toString(),
            raw.toString());
        Shell.run("sync", raw.toString());
      }
    };
  }

  private void download(Path image, Path target) throws Exception {
    Shell.run("curl", "-sSf", "-o", target.toString(), server.url(image));
  }
}
