package io.diskwright.toolkit.pool;

import io.diskwright.toolkit.os.FileStat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A file of a pool that a record vouches for.
 *
 * @param record the record's file
 * @param attributes what the record says
 * @param data the file
 * @param stat what the file system says of the file
 */
record Stored(Path record, SortedMap<String, String> attributes, Path data, FileStat stat) {
  private static final Logger LOG = LoggerFactory.getLogger(Stored.class);

  /** Tells something of a thing from its file. */
  @FunctionalInterface
  interface Look<T> {
    T at(Stored thing) throws IOException;
  }

  /** Returns the name of the base or disk. */
  String name() {
    String file = Folders.name(record);
    return file.substring(0, file.lastIndexOf('.'));
  }

  /** Reads the record that the attributes hold. */
  <T> T read(Function<SortedMap<String, String>, T> reader) throws RecordFormatException {
    try {
      return reader.apply(attributes);
    } catch (IllegalArgumentException e) {
      throw new RecordFormatException(data, e.getMessage() + " in its record");
    }
  }

  /** As {@link #read}, for lists: one that is damaged must not hide the others. */
  <T> Optional<T> tryRead(Function<SortedMap<String, String>, T> reader) {
    try {
      return Optional.of(read(reader));
    } catch (RecordFormatException e) {
      LOG.warn("left out of the list: {}", e.getMessage());
      return Optional.empty();
    }
  }
}
