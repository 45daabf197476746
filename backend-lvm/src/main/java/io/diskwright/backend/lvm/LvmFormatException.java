package io.diskwright.backend.lvm;

import java.io.IOException;

/** A volume that is ours by its name is not what its tags should say. */
final class LvmFormatException extends IOException {
  private static final long serialVersionUID = 1;

  LvmFormatException(String volume, String why) {
    super("volume (%s): %s".formatted(volume, why));
  }
}
