package io.diskwright.it.survive;

import static org.assertj.core.api.Assertions.assertThat;

import io.diskwright.core.provision.Disk;
import io.diskwright.spi.DiskFormat;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.spi.backend.BaseRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/** The files of a pool. */
final class PoolFiles implements Storage {
  private static final Set<String> OWN =
      Set.of("diskwright-pool", "locks", "bases", "disks", "space", "lost+found");

  private final Path folder;

  PoolFiles(Path folder) {
    this.folder = folder;
  }

  @Override
  public byte[] bytes(Disk found) throws IOException {
    Attachment disk = found.attachment();
    Path file = disk.path().orElseThrow();
    if (disk.format() == DiskFormat.RAW) {
      return Files.readAllBytes(file);
    }
    Path raw = Files.createTempFile("bytes", ".raw");
    try {
      String unused = Program.run("qemu-img", "convert", "-f", "qcow2", "-O", "raw", file, raw);
      return Files.readAllBytes(raw);
    } finally {
      Files.delete(raw);
    }
  }

  @Override
  public byte[] bytes(BaseRecord base) throws IOException {
    String id = base.storageId();
    return Files.readAllBytes(folder.resolve("bases").resolve(id.substring(0, id.indexOf('#'))));
  }

  @Override
  public void write(Disk found, long offset, byte value, int length) throws IOException {
    Attachment disk = found.attachment();
    String write = "write -q -P 0x%02x %d %d".formatted(value, offset, length);
    String unused =
        Program.run("qemu-io", "-f", disk.format().id(), "-c", write, disk.path().orElseThrow());
  }

  /** Clusters of a qcow2 file that nobody uses are no damage. */
  @Override
  public List<String> damage(Disk found) throws IOException {
    Attachment disk = found.attachment();
    if (disk.format() == DiskFormat.RAW) {
      return List.of();
    }
    Path file = disk.path().orElseThrow();
    Program.End end =
        Program.end(new ProcessBuilder("qemu-img", "check", "-f", "qcow2", file.toString()));
    List<String> errors = end.printed().lines().filter(line -> line.contains("ERROR")).toList();
    assertThat(end.status()).as(end.printed()).isIn(0, 3, errors.isEmpty() ? 0 : 2);
    return errors;
  }

  @Override
  public List<String> strays() throws IOException {
    List<String> strays = new ArrayList<>();
    for (Path file : files(folder)) {
      if (!OWN.contains(file.getFileName().toString())) {
        strays.add(file.toString());
      }
    }
    strays.addAll(strays(folder.resolve("bases"), ".base"));
    strays.addAll(strays(folder.resolve("disks"), ".disk"));
    files(folder.resolve("space")).forEach(file -> strays.add(file.toString()));
    return strays;
  }

  private static List<String> strays(Path shelf, String suffix) throws IOException {
    Set<String> files = new TreeSet<>();
    Set<String> named = new TreeSet<>();
    for (Path file : files(shelf)) {
      String name = file.getFileName().toString();
      files.add(name);
      if (name.endsWith(suffix)) {
        named.add(name);
        Files.readAllLines(file).stream()
            .filter(line -> line.startsWith("storage-id="))
            .map(line -> line.substring("storage-id=".length(), line.lastIndexOf('#')))
            .forEach(named::add);
      }
    }
    assertThat(files).as("files that records name").containsAll(named);
    files.removeAll(named);
    return List.copyOf(files);
  }

  private static List<Path> files(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  /** Locks of files go with their holder; a tool in a cage outlives who was killed by a moment. */
  @Override
  public Duration patience() {
    return Duration.ofSeconds(10);
  }

  @Override
  public void close() {}
}
