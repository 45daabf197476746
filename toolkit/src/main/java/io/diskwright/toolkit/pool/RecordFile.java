package io.diskwright.toolkit.pool;

import io.diskwright.toolkit.os.Errno;
import io.diskwright.toolkit.os.FileStat;
import io.diskwright.toolkit.os.NativeFile;
import io.diskwright.toolkit.os.OsException;
import io.diskwright.toolkit.record.RecordText;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * A record as a small file of text: a first line, names and values, a last line.
 *
 * <p>It appears whole or not at all, and never takes another's place.
 */
final class RecordFile {
  private RecordFile() {}

  /**
   * Reads a record.
   *
   * @return its names and values, or empty when there is none
   * @throws RecordFormatException when the file is not a whole record
   */
  static Optional<SortedMap<String, String>> read(Path file) throws IOException {
    try {
      return Optional.of(parse(file, Files.readString(file)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (CharacterCodingException e) {
      throw new RecordFormatException(file, "it is not text");
    }
  }

  /**
   * Publishes a record: writes it under a name of its own, then gives it its name in one step. That
   * name is durable when the caller has synced the folder.
   *
   * @param file the record's name
   * @param scratch a name in the same folder that nobody else uses
   * @param sync whether the record's bytes are durable before it has its name
   * @return whether it was published; false when the name is taken
   */
  static boolean publish(Path file, Path scratch, Map<String, String> values, boolean sync)
      throws IOException {
    try {
      try (NativeFile target = NativeFile.createNew(scratch, 0600)) {
        target.write(
            0, ByteBuffer.wrap(RecordText.format(values).getBytes(StandardCharsets.UTF_8)));
        if (sync) {
          target.sync();
        }
      }
      NativeFile.renameNoReplace(scratch, file);
    } catch (IOException e) {
      Files.deleteIfExists(scratch);
      if (e instanceof OsException os && os.errno() == Errno.EEXIST) {
        return false;
      }
      throw e;
    }
    return true;
  }

  /**
   * Replaces a record, in one step. What its mode says about the record stays.
   *
   * @param file the record's name
   * @param scratch a name in the same folder that nobody else uses
   * @param sync whether the record's bytes are durable before it has its name
   */
  static void replace(Path file, Path scratch, Map<String, String> values, boolean sync)
      throws IOException {
    FileStat stat = FileStat.of(file);
    int mode = stat.permissions(stat.sticky());
    try {
      try (NativeFile target = NativeFile.createNew(scratch, 0600)) {
        target.write(
            0, ByteBuffer.wrap(RecordText.format(values).getBytes(StandardCharsets.UTF_8)));
        target.mode(mode);
        if (sync) {
          target.sync();
        }
      }
      Files.move(scratch, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      Files.deleteIfExists(scratch);
      throw e;
    }
  }

  private static SortedMap<String, String> parse(Path file, String text) throws IOException {
    try {
      return RecordText.parse(text);
    } catch (IllegalArgumentException e) {
      throw new RecordFormatException(file, String.valueOf(e.getMessage()));
    }
  }
}
