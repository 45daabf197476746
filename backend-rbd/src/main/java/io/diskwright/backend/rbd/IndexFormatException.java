package io.diskwright.backend.rbd;

import java.io.IOException;

/** A record that is not whole, or does not fit what is there. */
final class IndexFormatException extends IOException {
  private static final long serialVersionUID = 1L;

  private final String key;

  IndexFormatException(String key, String what) {
    super("%s of object %s: %s".formatted(key, Index.OBJECT, what));
    this.key = key;
  }

  /**
   * Returns what to do: who deletes needs to know the image, which a damaged record may not say.
   */
  String remedy(RbdSettings settings) {
    String where = settings.namespace().isEmpty() ? "" : " -N " + settings.namespace();
    return "delete it; if that fails, run: rados -p %s%s rmomapkey %s '%s', and remove its image, which 'rbd ls' shows"
        .formatted(settings.pool(), where, Index.OBJECT, key);
  }
}
