package io.diskwright.toolkit.pool;

import java.io.IOException;
import java.nio.file.Path;

/** A record that is not whole, or does not fit what is there. */
final class RecordFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  RecordFormatException(Path file, String what) {
    super("%s: %s".formatted(file, what));
  }
}
