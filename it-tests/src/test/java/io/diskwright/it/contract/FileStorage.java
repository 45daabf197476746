package io.diskwright.it.contract;

import io.diskwright.contract.ContractFixture;
import io.diskwright.contract.GuestDisk;
import io.diskwright.spi.backend.Attachment;
import io.diskwright.spi.backend.Extraction;
import io.diskwright.spi.backend.Facet;
import io.diskwright.spi.backend.Flattening;
import io.diskwright.spi.backend.ImageBackend;
import io.diskwright.spi.backend.Preallocation;
import io.diskwright.spi.backend.Snapshots;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A pool of files in a folder of its own. */
final class FileStorage implements ContractFixture {
  private static final Set<Class<? extends Facet>> RAW_FACETS =
      Set.of(Flattening.class, Preallocation.class, Extraction.class);
  private static final Set<Class<? extends Facet>> QCOW2_FACETS =
      Set.of(Flattening.class, Extraction.class, Snapshots.class);

  private final String backend;
  private final Set<Class<? extends Facet>> facets;
  private final Path folder;
  private final Map<String, String> options = new LinkedHashMap<>();
  private final Machine machine;

  /** Starts a program that uses a disk. */
  @FunctionalInterface
  interface Machine {
    GuestDisk start(Attachment disk) throws IOException;
  }

  private FileStorage(
      String backend, Set<Class<? extends Facet>> facets, Path folder, Machine machine) {
    this.backend = backend;
    this.facets = facets;
    this.folder = folder;
    this.machine = machine;
  }

  /**
   * Returns fresh storage for the backend raw.
   *
   * @param parent where the pool's folder is made
   * @param machine what uses the disks
   */
  static FileStorage raw(Path parent, Machine machine) throws IOException {
    return new FileStorage("raw", RAW_FACETS, folder(parent), machine);
  }

  /** Returns fresh storage for the backend qcow2, as {@link #raw} does. */
  static FileStorage qcow2(Path parent, Machine machine) throws IOException {
    return new FileStorage("qcow2", QCOW2_FACETS, folder(parent), machine);
  }

  private static Path folder(Path parent) throws IOException {
    return Files.createTempDirectory(parent, "contract ,'");
  }

  FileStorage with(String option, String value) {
    options.put(option, value);
    return this;
  }

  Path pool() {
    return folder.resolve("pool");
  }

  @Override
  public ImageBackend open(long keepFree) throws IOException {
    return open(pool(), keepFree);
  }

  /** Opens the pool at another place, where somebody has moved it. */
  ImageBackend open(Path at) throws IOException {
    return open(at, 0);
  }

  private ImageBackend open(Path at, long keepFree) throws IOException {
    Map<String, String> values = new LinkedHashMap<>(options);
    values.put("path", at.toString());
    return ContractPool.open(backend, values, keepFree);
  }

  @Override
  public GuestDisk attach(Attachment disk) throws IOException {
    return machine.start(disk);
  }

  @Override
  public Set<Class<? extends Facet>> facets() {
    return facets;
  }

  /** Every file in the pool that is neither a record nor named by one. */
  @Override
  public List<String> strays() throws IOException {
    List<String> strays = new ArrayList<>();
    for (String shelf : new String[] {"bases", "disks", "space"}) {
      Set<String> files = new HashSet<>();
      Set<String> named = new HashSet<>();
      for (Path file : list(pool().resolve(shelf))) {
        String name = file.getFileName().toString();
        files.add(name);
        if (name.endsWith(".base") || name.endsWith(".disk")) {
          named.add(name);
          Files.readAllLines(file).stream()
              .filter(line -> line.startsWith("storage-id="))
              .map(line -> line.substring("storage-id=".length(), line.lastIndexOf('#')))
              .forEach(named::add);
        }
      }
      files.removeAll(named);
      strays.addAll(files);
    }
    return strays;
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
