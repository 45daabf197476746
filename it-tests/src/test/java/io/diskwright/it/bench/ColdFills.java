package io.diskwright.it.bench;

import io.diskwright.spi.image.Digest;
import io.diskwright.spi.image.ImageRequest;
import java.nio.file.Files;
import java.nio.file.Path;

/** Bases of images from files and over HTTP. */
final class ColdFills {
  private static final long MIB = 1024L * 1024;
  private static final long GIB = 1024 * MIB;
  private static final long MOST_TO_INSPECT = 256;

  /** Its tables have checksums over 64 KiB each, and there are three; read in blocks of 64 KiB. */
  private static final long MOST_TO_INSPECT_VHDX = 768;

  private final Path ext4;
  private final Table table;

  ColdFills(Path ext4, Table table) {
    this.ext4 = ext4;
    this.table = table;
  }

  void measure() throws Exception {
    files();
    inspection();
    verdicts();
    downloads();
  }

  private void files() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "cold");
    Path raw = Images.raw(folder.resolve("image.raw"), 2 * GIB);
    Path qcow2 = Images.qcow2(raw, folder.resolve("image.qcow2"));
    Path copy = folder.resolve("copy.raw");
    try (Library library = Library.open(folder, "qcow2", true)) {
      table.add(
          Row.measure(
              "cold raw of 2 GiB, a quarter data, to base",
              "cp --sparse=always + sync",
              "<= 1",
              7,
              library.coldFill(ImageRequest.of(raw.toString())),
              References.copy(raw, copy, true)));
      Images.remove(copy);
      table.add(
          Row.measure(
              "cold qcow2 of 2 GiB, a quarter data, to base",
              "qemu-img convert -m 16 -W + sync",
              "<= 1.1",
              7,
              library.coldFill(ImageRequest.of(qcow2.toString())),
              References.convert(qcow2, copy)));
    }
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
        table.add(
            Row.measure(
                "inspect %s of 2 GiB, a quarter data".formatted(format),
                "cold fill of the same",
                "<= 0.03",
                5,
                20,
                round -> library.inspect(image.toString()),
                library.coldFill(ImageRequest.of(image.toString()))));
      }
    }
  }

  private void downloads() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "downloads");
    Path raw = Images.raw(folder.resolve("image.raw"), 2 * GIB, 1);
    Path sparse = Images.raw(folder.resolve("sparse.raw"), 2 * GIB);
    Path qcow2 = Images.qcow2(sparse, folder.resolve("image.qcow2"));
    try (FileServer server = FileServer.of(folder);
        Library library = Library.open(folder, "qcow2", true)) {
      Path copy = folder.resolve("copy");
      table.add(
          Row.measure(
              "raw of 2 GiB over HTTP, sha256, to base",
              "curl + sync",
              "<= 1.15",
              5,
              library.coldFill(verified(server, raw)),
              References.download(server.url(raw), copy)));
      table.add(
          Row.measure(
              "qcow2 of 2 GiB over HTTP, sha256, to base",
              "curl, then qemu-img convert, + sync",
              "<= 1.1",
              5,
              library.coldFill(verified(server, qcow2)),
              References.downloadAndConvert(server.url(qcow2), copy, folder.resolve("converted"))));
    }
  }

  private static ImageRequest verified(FileServer server, Path image) throws Exception {
    String output = Shell.run("sha256sum", image.toString());
    Digest digest = Digest.parse("sha256:" + output.substring(0, 64));
    return ImageRequest.of(server.url(image)).withDigest(digest);
  }

  /** How much of an image is fetched to say what it is. */
  private void verdicts() throws Exception {
    Path folder = Files.createTempDirectory(ext4, "verdicts");
    Path raw = Images.raw(folder.resolve("image.raw"), 64 * MIB);
    try (FileServer server = FileServer.of(folder);
        Library library = Library.open(folder, "qcow2", true)) {
      for (String format : new String[] {"raw", "qcow2", "vmdk", "vpc", "vhdx", "vdi"}) {
        Path image = folder.resolve("image." + format);
        if (!Files.exists(image)) {
          Shell.run(
              "qemu-img", "convert", "-f", "raw", "-O", format, raw.toString(), image.toString());
        }
        long before = server.sent();
        library.inspect(server.url(image));
        long read = (server.sent() - before + 1023) / 1024;
        long most = format.equals("vhdx") ? MOST_TO_INSPECT_VHDX : MOST_TO_INSPECT;
        table.add("inspect %s over HTTP".formatted(format), read, "KiB read", most);
      }
    }
  }
}
