package io.diskwright.spi;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * How the bytes of an image, a base or a disk are laid out.
 *
 * <p>An image may come in any of these; a base or disk is {@link #RAW} or {@link #QCOW2}.
 */
public enum DiskFormat {
  /** The guest-visible bytes themselves; ISO images are raw too. */
  RAW,
  /** QEMU copy-on-write, versions 2 and 3. */
  QCOW2,
  /** QEMU enhanced disk; never accepted. */
  QED,
  /** VMware virtual disk. */
  VMDK,
  /** Microsoft virtual PC disk, which QEMU calls vpc. */
  VHD,
  /** Hyper-V virtual disk. */
  VHDX,
  /** VirtualBox disk image. */
  VDI;

  /** Returns the name used in configuration, records and output, such as {@code qcow2}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Returns the format with this name.
   *
   * @param id the name, in any case; {@code vpc} is another name of vhd, and {@code iso} of raw
   * @throws IllegalArgumentException when no format has this name
   */
  public static DiskFormat of(String id) {
    return switch (id.toLowerCase(Locale.ROOT)) {
      case "vpc" -> VHD;
      case "iso" -> RAW;
      default ->
          Arrays.stream(values())
              .filter(format -> format.id().equalsIgnoreCase(id))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "format (%s) must be one of %s"
                              .formatted(
                                  id,
                                  Arrays.stream(values())
                                      .map(DiskFormat::id)
                                      .collect(Collectors.joining(", ")))));
    };
  }

  @Override
  public String toString() {
    return id();
  }
}
