package io.diskwright.cli;

/**
 * The name by which a guest is to have a disk.
 *
 * @param name 1 to 32 letters and digits
 */
record TargetDevice(String name) {
  TargetDevice {
    if (!name.matches("[A-Za-z][A-Za-z0-9]{0,31}")) {
      throw new IllegalArgumentException(
          "target (%s) must be 1 to 32 letters and digits, and begin with a letter"
              .formatted(name));
    }
  }
}
