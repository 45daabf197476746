package io.diskwright.toolkit.pool;

import io.diskwright.spi.DiskFormat;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * One folder of a pool: files, and beside each the record without which it does not exist.
 *
 * <p>A record names its file and the file's inode, so that a copied record is not believed.
 */
final class Shelf {
  private static final String STORAGE_ID = "storage-id";

  private final Path folder;
  private final String suffix;

  Shelf(Path folder, String suffix) {
    this.folder = folder;
    this.suffix = suffix;
  }

  Path folder() {
    return folder;
  }

  /** Starts a file; who gets it closes it. */
  Attempt attempt(String name, DiskFormat format) throws IOException {
    return Attempt.create(folder, name, format);
  }

  /** Returns the storage's own id of an attempt's file. */
  static String storageId(Attempt attempt) throws IOException {
    return Folders.name(attempt.path()) + '#' + attempt.file().stat().inode();
  }

  /**
   * Publishes an attempt's file.
   *
   * @param sync whether file and record are durable when this returns
   * @return whether it was published; false when the name is taken
   */
  boolean publish(Attempt attempt, String name, Map<String, String> attributes, boolean sync)
      throws IOException {
    if (sync) {
      attempt.file().sync();
    }
    Path scratch = folder.resolve(name + '.' + attempt.id() + ".new");
    if (!RecordFile.publish(record(name), scratch, attributes, sync)) {
      return false;
    }
    attempt.markPublished();
    return true;
  }

  Optional<Stored> find(String name) throws IOException {
    Path record = record(name);
    Optional<SortedMap<String, String>> attributes = RecordFile.read(record);
    return attributes.isEmpty() ? Optional.empty() : Optional.of(stored(record, attributes.get()));
  }

  List<Stored> list() throws IOException {
    List<Stored> found = new ArrayList<>();
    try (DirectoryStream<Path> records = Files.newDirectoryStream(folder, '*' + suffix)) {
      for (Path record : records) {
        Optional<SortedMap<String, String>> attributes = RecordFile.read(record);
        if (attributes.isPresent()) { // else it was removed in the meantime
          found.add(stored(record, attributes.get()));
        }
      }
    }
    return found;
  }

  /** Removes a record, then its file; returns whether the record was there. */
  boolean remove(String name, boolean sync) throws IOException {
    Optional<SortedMap<String, String>> attributes = RecordFile.read(record(name));
    if (!Files.deleteIfExists(record(name))) {
      return false;
    }
    if (attributes.isPresent()) {
      Files.deleteIfExists(data(storageId(record(name), attributes.get())));
    }
    if (sync) {
      NativeFile.syncFolder(folder);
    }
    return true;
  }

  private Path record(String name) {
    return folder.resolve(name + suffix);
  }

  /** Returns the file that a storage id names, if it is there and still the same file. */
  Optional<Path> locate(String storageId) throws IOException {
    Path data = data(storageId);
    try {
      return isSame(storageId, FileStat.of(data)) ? Optional.of(data) : Optional.empty();
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  private Stored stored(Path record, SortedMap<String, String> attributes) throws IOException {
    String id = storageId(record, attributes);
    Path data = data(id);
    FileStat stat;
    try {
      stat = FileStat.of(data);
    } catch (NoSuchFileException e) {
      throw new RecordFormatException(record, "its file " + data + " is gone");
    }
    if (!isSame(id, stat)) {
      throw new RecordFormatException(
          record, "%s is another file than the one it was made for".formatted(data));
    }
    return new Stored(attributes, data, stat);
  }

  private static boolean isSame(String storageId, FileStat stat) {
    return storageId.endsWith("#" + stat.inode());
  }

  private Path data(String storageId) throws IOException {
    String file = storageId.substring(0, Math.max(0, storageId.lastIndexOf('#')));
    if (file.isEmpty() || file.indexOf('/') >= 0 || file.startsWith(".")) {
      throw new RecordFormatException(folder, "'" + storageId + "' names no file of this pool");
    }
    return folder.resolve(file);
  }

  private static String storageId(Path record, SortedMap<String, String> attributes)
      throws IOException {
    String id = attributes.get(STORAGE_ID);
    if (id == null) {
      throw new RecordFormatException(record, "it names no file");
    }
    return id;
  }
}
