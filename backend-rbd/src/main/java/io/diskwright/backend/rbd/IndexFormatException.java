package io.diskwright.backend.rbd;

import java.io.IOException;

/** A record that is not whole, or does not fit what is there. */
final class IndexFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  IndexFormatException(String key, String what) {
    super("%s of object %s: %s".formatted(key, Index.OBJECT, what));
  }
}
