package io.diskwright.toolkit.pool;

import io.diskwright.spi.backend.PoolIdentity;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/** The file that says whose pool a folder is. */
final class PoolMarker {
  static final String NAME = "diskwright-pool";

  private static final String NEW = ".new";

  private PoolMarker() {}

  static Optional<PoolIdentity> read(Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    Optional<SortedMap<String, String>> values = RecordFile.read(file);
    return values.isEmpty() ? Optional.empty() : Optional.of(identity(file, values.get()));
  }

  /** Marks a folder, unless somebody else does at the same time; returns what it is marked as. */
  static PoolIdentity mark(Path folder, String backend, int layoutVersion) throws IOException {
    UUID uuid = UUID.randomUUID();
    SortedMap<String, String> values = new TreeMap<>();
    values.put("uuid", uuid.toString());
    values.put("backend", backend);
    values.put("layout", Integer.toString(layoutVersion));
    Path file = folder.resolve(NAME);
    Path scratch = folder.resolve(NAME + '.' + uuid + NEW);
    try {
      if (RecordFile.publish(file, scratch, values, true)) {
        NativeFile.syncFolder(folder);
        return new PoolIdentity(uuid, backend, layoutVersion);
      }
    } catch (IOException e) {
      if (Files.notExists(file)) { // else who was faster has swept ours already
        throw e;
      }
    }
    return read(folder)
        .orElseThrow(() -> new RecordFormatException(file, "it came and went; try again"));
  }

  /** Removes what killed calls left of their markers, in a folder that is marked. */
  static List<String> sweep(Path folder) throws IOException {
    List<String> swept = new ArrayList<>();
    try (DirectoryStream<Path> scratches = Files.newDirectoryStream(folder, NAME + ".*" + NEW)) {
      for (Path scratch : scratches) {
        if (Files.deleteIfExists(scratch)) {
          swept.add(scratch.toString());
        }
      }
    }
    return swept;
  }

  /** Returns something in the folder that is not the marker's, if there is anything. */
  static Optional<Path> stranger(Path folder) throws IOException {
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(
            folder,
            entry -> {
              String name = Folders.name(entry);
              return !name.startsWith(NAME) && !name.equals("lost+found");
            })) {
      for (Path entry : entries) {
        return Optional.of(entry);
      }
      return Optional.empty();
    }
  }

  private static PoolIdentity identity(Path file, SortedMap<String, String> values)
      throws IOException {
    try {
      return new PoolIdentity(
          UUID.fromString(values.getOrDefault("uuid", "")),
          values.getOrDefault("backend", ""),
          Integer.parseInt(values.getOrDefault("layout", "")));
    } catch (IllegalArgumentException e) {
      throw new RecordFormatException(file, "it is not a pool's marker: " + e.getMessage());
    }
  }
}
