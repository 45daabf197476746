package io.diskwright.toolkit.pool;

import java.nio.file.Path;

/** Folders of files. */
final class Folders {
  private Folders() {}

  /** Returns the folder that a file is in. */
  static Path of(Path file) {
    Path folder = file.getParent();
    if (folder == null) {
      throw new IllegalArgumentException("file (%s) must be in a folder".formatted(file));
    }
    return folder;
  }

  /** Returns the last part of a path. */
  static String name(Path file) {
    Path name = file.getFileName();
    return name == null ? "" : name.toString();
  }
}
