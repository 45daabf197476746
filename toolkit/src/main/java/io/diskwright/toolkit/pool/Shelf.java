package io.diskwright.toolkit.pool;

import io.diskwright.spi.DiskFormat;
import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One folder of a pool: files, and beside each the record without which it does not exist.
 *
 * <p>A record names its file and the file's inode, so that a copied record is not believed.
 */
final class Shelf {
  private static final Logger LOG = LoggerFactory.getLogger(Shelf.class);
  private static final String STORAGE_ID = "storage-id";
  private static final String NEW = ".new";
  private static final String GONE = ".gone";
  private static final int UUID_LENGTH = 36;
  private static final int MOST_TRIES = 5;
  private static final Pattern DATA = Pattern.compile("(.+)\\.[0-9a-f]{16}\\.[a-z0-9]+");

  /** What follows the name in the storage id of an {@link Attempt}. */
  private static final Pattern ATTEMPT = Pattern.compile("\\.[0-9a-f]{16}\\.[a-z0-9]+#\\d+");

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
    return Attempt.create(folder, name, format.id());
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
    Path scratch = folder.resolve(name + '.' + attempt.id() + NEW);
    if (!RecordFile.publish(record(name), scratch, attributes, sync)) {
      return false;
    }
    attempt.markPublished(); // from here on the file is not ours to remove, whatever fails
    if (sync) {
      NativeFile.syncFolder(folder);
    }
    return true;
  }

  /** Puts another record in the place of a published one; both are about the same thing. */
  void rewrite(String name, Map<String, String> attributes, boolean sync) throws IOException {
    for (int tries = 1; ; tries++) {
      Path scratch = folder.resolve(name + '.' + UUID.randomUUID() + NEW);
      try {
        RecordFile.replace(record(name), scratch, attributes, sync);
        break;
      } catch (NoSuchFileException e) { // a sweep has taken it for what a killed call left
        if (tries == MOST_TRIES || !has(name)) {
          throw e;
        }
      }
    }
    if (sync) {
      NativeFile.syncFolder(folder);
    }
  }

  Optional<Stored> find(String name) throws IOException {
    Path record = record(name);
    Optional<SortedMap<String, String>> attributes = RecordFile.read(record);
    return attributes.isEmpty() ? Optional.empty() : stored(record, attributes.get());
  }

  List<Stored> list() throws IOException {
    List<Stored> found = new ArrayList<>();
    try (DirectoryStream<Path> records = Files.newDirectoryStream(folder, '*' + suffix)) {
      for (Path record : records) {
        listed(record).ifPresent(found::add);
      }
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  /** One record that is damaged must not hide the others; asking for it says what is wrong. */
  private Optional<Stored> listed(Path record) throws IOException {
    try {
      Optional<SortedMap<String, String>> attributes = RecordFile.read(record);
      return attributes.isEmpty() ? Optional.empty() : stored(record, attributes.get());
    } catch (RecordFormatException e) {
      LOG.warn("left out of the list: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** Returns every file that is no record, published or not. */
  List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> entries =
        Files.newDirectoryStream(folder, entry -> !entry.toString().endsWith(suffix))) {
      entries.forEach(files::add);
    } catch (DirectoryIteratorException e) {
      throw e.getCause();
    }
    return files;
  }

  /** Returns whether there is a record of a name, without reading it. */
  boolean has(String name) {
    return Files.exists(record(name));
  }

  /** Returns whether a record of a name was put aside, and neither given back nor finished. */
  boolean hasAside(String name) throws IOException {
    return files().stream()
        .anyMatch(file -> Kind.of(file) == Kind.WITHDRAWN && nameOf(file).equals(name));
  }

  /** Gives a name's record the time of now, if it is there. */
  void touch(String name) throws IOException {
    try {
      Files.setLastModifiedTime(record(name), FileTime.from(Instant.now()));
    } catch (NoSuchFileException e) {
      LOG.debug("{} is gone, and was used a moment ago", name);
    }
  }

  /**
   * Puts a record aside, so that its thing is found no more; its file stays.
   *
   * @return the record, to be given back or finished; empty when there is none
   */
  Optional<Withdrawn> withdraw(String name) throws IOException {
    Path record = record(name);
    Path aside = folder.resolve(name + '.' + UUID.randomUUID() + GONE);
    return Withdrawn.take(record, aside, this);
  }

  /** Returns the file that a record names; empty when it is damaged. */
  Optional<Path> dataOf(Path record) throws IOException {
    try {
      Optional<SortedMap<String, String>> attributes = RecordFile.read(record);
      return attributes.isEmpty()
          ? Optional.empty()
          : Optional.of(data(storageId(record, attributes.get())));
    } catch (RecordFormatException e) {
      LOG.warn("a damaged record goes: {}", e.getMessage());
      return Optional.empty();
    }
  }

  /** Returns whether it was there to rename, and the new name was free. */
  private static boolean rename(Path from, Path to) throws IOException {
    try {
      NativeFile.renameNoReplace(from, to);
      return true;
    } catch (OsException e) {
      if (e.errno() == Errno.ENOENT || e.errno() == Errno.EEXIST) {
        return false;
      }
      throw e;
    }
  }

  /** Gives a record back that was put aside, if its file is there and no other has its name. */
  boolean giveBack(Path aside) throws IOException {
    Path record = record(nameOf(aside));
    Optional<SortedMap<String, String>> attributes = RecordFile.read(aside);
    if (attributes.isEmpty()
        || locate(storageId(record, attributes.get())).isEmpty()
        || !rename(aside, record)) {
      return false;
    }
    NativeFile.syncFolder(folder);
    return true;
  }

  /** Returns the attempt's file beside which a record is being written, if it is there. */
  Optional<Path> attemptOf(Path scratch) {
    String name = Folders.name(scratch);
    String attempt = name.substring(0, name.length() - NEW.length());
    return Arrays.stream(DiskFormat.values())
        .map(format -> folder.resolve(attempt + '.' + format.id()))
        .filter(Files::exists)
        .findFirst();
  }

  /**
   * Returns whether a record names a file, be it one that was put aside: that one's owner, or a
   * sweep, decides about both.
   */
  boolean vouchesFor(Path data) throws IOException {
    Matcher matcher = DATA.matcher(Folders.name(data));
    if (!matcher.matches()) {
      return true; // nothing that this code makes; not ours to judge
    }
    String name = matcher.group(1);
    return names(record(name), name, data)
        || isPutAside(name, data)
        || names(record(name), name, data); // it may have been given back in the meantime
  }

  private boolean isPutAside(String name, Path data) throws IOException {
    for (Path file : files()) {
      if (Kind.of(file) == Kind.WITHDRAWN && nameOf(file).equals(name) && names(file, name, data)) {
        return true;
      }
    }
    return false;
  }

  /** Returns whether the record in a file, which is that of a name, names a file. */
  private boolean names(Path file, String name, Path data) throws IOException {
    try {
      Optional<SortedMap<String, String>> attributes = RecordFile.read(file);
      return attributes.isPresent() && data(storageId(record(name), attributes.get())).equals(data);
    } catch (RecordFormatException e) {
      return true; // a damaged record may have named it: that is for a person to decide
    }
  }

  /** Returns the name that a record had before it was put aside. */
  private static String nameOf(Path aside) {
    String file = Folders.name(aside);
    return file.substring(0, Math.max(0, file.length() - GONE.length() - UUID_LENGTH - 1));
  }

  /** What a file that is no record can be. */
  enum Kind {
    /** The bytes of a base or disk, published or not. */
    DATA,
    /** A record that is being written. */
    SCRATCH,
    /** A record that was put aside. */
    WITHDRAWN;

    static Kind of(Path file) {
      String name = Folders.name(file);
      if (name.endsWith(NEW)) {
        return SCRATCH;
      }
      return name.endsWith(GONE) ? WITHDRAWN : DATA;
    }
  }

  /** Looks into a thing's file; what is removed in the meantime is not there. */
  <T> Optional<T> look(Stored thing, Stored.Look<T> look) throws IOException {
    try {
      return Optional.of(look.at(thing));
    } catch (IOException e) {
      if (isUnchanged(thing.record(), thing.attributes())) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private static boolean isUnchanged(Path record, SortedMap<String, String> attributes)
      throws IOException {
    return RecordFile.read(record).filter(now -> now.equals(attributes)).isPresent();
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

  /** A record goes before its file does: who misses the file looks at the record again. */
  private Optional<Stored> stored(Path record, SortedMap<String, String> attributes)
      throws IOException {
    try {
      return Optional.of(whole(record, attributes));
    } catch (RecordFormatException e) {
      if (isUnchanged(record, attributes)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  private Stored whole(Path record, SortedMap<String, String> attributes) throws IOException {
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
    return new Stored(record, attributes, data, stat);
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

  /** A record under another name than its own is a copy: its file belongs to another one. */
  private String storageId(Path record, SortedMap<String, String> attributes) throws IOException {
    String id = attributes.get(STORAGE_ID);
    if (id == null) {
      throw new RecordFormatException(record, "it names no file");
    }
    String file = Folders.name(record);
    String name = file.substring(0, file.length() - suffix.length());
    if (!id.startsWith(name) || !ATTEMPT.matcher(id.substring(name.length())).matches()) {
      throw new RecordFormatException(record, "'%s' is no file of '%s'".formatted(id, name));
    }
    return id;
  }
}
