package io.diskwright.toolkit.os;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Map;

/**
 * What the file system says of a file.
 *
 * @param device the device's number
 * @param inode the file's number on its device
 * @param size its length in bytes
 * @param links how many names it has
 * @param mode its type and permission bits
 * @param modified when its bytes last changed
 * @param changed when its bytes or attributes last changed
 */
public record FileStat(
    long device, long inode, long size, int links, int mode, Instant modified, Instant changed) {
  private static final int TYPE = 0xf000;
  private static final int REGULAR = 0x8000;
  private static final int STICKY = 0x200;

  /**
   * Asks for a path, following links, without native code.
   *
   * @throws IOException when the file cannot be looked at, as {@code NoSuchFileException} when it
   *     is not there
   */
  public static FileStat of(Path path) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(path, "unix:dev,ino,size,nlink,mode,lastModifiedTime,ctime");
    return new FileStat(
        number(attributes, "dev"),
        number(attributes, "ino"),
        number(attributes, "size"),
        (int) number(attributes, "nlink"),
        (int) number(attributes, "mode"),
        time(attributes, "lastModifiedTime"),
        time(attributes, "ctime"));
  }

  /** Returns whether it is a regular file. */
  public boolean regular() {
    return (mode & TYPE) == REGULAR;
  }

  /** Returns whether its sticky bit is set, which means nothing to Linux on a regular file. */
  public boolean sticky() {
    return (mode & STICKY) != 0;
  }

  /** Returns its permission bits, the sticky bit as asked. */
  public int permissions(boolean sticky) {
    return (mode & 0777) | (sticky ? STICKY : 0);
  }

  private static long number(Map<String, Object> attributes, String name) {
    if (attributes.get(name) instanceof Number number) {
      return number.longValue();
    }
    throw new IllegalStateException("attribute (%s) must be a number".formatted(name));
  }

  private static Instant time(Map<String, Object> attributes, String name) {
    if (attributes.get(name) instanceof FileTime time) {
      return time.toInstant();
    }
    throw new IllegalStateException("attribute (%s) must be a time".formatted(name));
  }
}
