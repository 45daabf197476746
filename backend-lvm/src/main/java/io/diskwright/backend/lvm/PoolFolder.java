package io.diskwright.backend.lvm;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A pool's folder on this host: what says which attempts are alive, and when bases were used; bases
 * besides, when they are files. When it is lost, no disk is.
 */
final class PoolFolder {
  private static final String ID = "id";

  private final Path folder;
  private final String id;

  private PoolFolder(Path folder, String id) {
    this.folder = folder;
    this.id = id;
  }

  static PoolFolder open(Path folder) throws IOException {
    for (String part : List.of("attempts", "space", "used")) {
      Files.createDirectories(
          folder.resolve(part),
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Path id = folder.resolve(ID);
    if (Files.notExists(id)) {
      makeId(id);
    }
    String read = Files.readString(id).strip();
    try {
      return new PoolFolder(folder, UUID.fromString(read).toString());
    } catch (IllegalArgumentException e) {
      throw new IOException("%s is no id, and may be removed: '%s'".formatted(id, read), e);
    }
  }

  /** It is there whole and durable, or not at all, and whoever is first makes it. */
  private static void makeId(Path id) throws IOException {
    Path scratch = id.resolveSibling(ID + '.' + UUID.randomUUID());
    try {
      try (NativeFile file = NativeFile.createNew(scratch, 0600)) {
        file.write(0, ByteBuffer.wrap(UUID.randomUUID().toString().getBytes(US_ASCII)));
        file.sync();
      }
      NativeFile.renameNoReplace(scratch, id);
      NativeFile.syncFolder(id.resolveSibling("."));
    } catch (IOException e) {
      Files.deleteIfExists(scratch);
      if (Files.notExists(id)) {
        throw e;
      }
    }
  }

  /** Returns what tells this folder from those of other hosts. */
  String id() {
    return id;
  }

  Path path() {
    return folder;
  }

  Path locks() {
    return folder.resolve("locks");
  }

  /** Returns the folder for bases that are files; not made here. */
  Path bases() {
    return folder.resolve("bases");
  }

  Path space() {
    return folder.resolve("space");
  }

  /** Returns the file on which who makes an attempt holds a lock. */
  Path attempt(String id) {
    return folder.resolve("attempts").resolve(id);
  }

  /** Lists the ids of the attempts of which {@link #attempt} is there. */
  List<String> attempts() throws IOException {
    List<String> attempts = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder.resolve("attempts"))) {
      files.forEach(file -> attempts.add(String.valueOf(file.getFileName())));
    }
    return attempts;
  }

  /** Notes that a base is used now; what is only told of it may get lost. */
  void markUsed(String key) throws IOException {
    Path file = used(key);
    try {
      Files.createFile(file);
    } catch (FileAlreadyExistsException e) {
      Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
    }
  }

  Optional<Instant> lastUsed(String key) throws IOException {
    try {
      return Optional.of(Files.getLastModifiedTime(used(key)).toInstant());
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  void forgetUse(String key) throws IOException {
    boolean unused = Files.deleteIfExists(used(key));
  }

  private Path used(String key) {
    return folder.resolve("used").resolve(key);
  }
}
