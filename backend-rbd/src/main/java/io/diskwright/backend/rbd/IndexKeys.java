package io.diskwright.backend.rbd;

import io.diskwright.spi.backend.BaseKey;
import io.diskwright.spi.backend.DiskName;

/** The keys of the index. */
final class IndexKeys {
  /** Whose pool it is. */
  static final String MARKER = "pool";

  static final String BASES = "base/";
  static final String DISKS = "disk/";
  static final String PINS = "pin/";
  static final String USES = "used/";

  /** Images that are being made, by name. */
  static final String ATTEMPTS = "attempt/";

  /** Images that are to go, by name. */
  static final String GONE = "gone/";

  /** Clients that make images. */
  static final String SESSIONS = "session/";

  private IndexKeys() {}

  static String base(BaseKey key) {
    return BASES + key.value();
  }

  static String disk(DiskName name) {
    return DISKS + name.value();
  }

  static String pin(BaseKey key) {
    return PINS + key.value();
  }

  static String used(BaseKey key) {
    return USES + key.value();
  }

  static String attempt(String image) {
    return ATTEMPTS + image;
  }

  static String gone(String image) {
    return GONE + image;
  }

  static String session(String id) {
    return SESSIONS + id;
  }
}
